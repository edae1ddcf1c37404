"""The contract: what a record is. Imports nothing else of the project."""
