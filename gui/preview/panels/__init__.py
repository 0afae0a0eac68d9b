"""What surrounds the picture in the preview."""
