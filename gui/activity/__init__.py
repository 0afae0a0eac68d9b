"""What the program is doing: progress, files that failed, and the diagnosis of a file."""
