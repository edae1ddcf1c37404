"""What is printed, and how a command is interrupted."""
