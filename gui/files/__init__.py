"""What can be done with files: open, show, copy, export, exclude, move to the trash."""
