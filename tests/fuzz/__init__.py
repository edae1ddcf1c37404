"""Coverage-guided fuzzing of the readers; `make fuzz` runs it, pytest does not."""
