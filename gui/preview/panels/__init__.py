"""What stands around the picture of the preview."""
