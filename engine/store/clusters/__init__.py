"""Groups of pictures that look the same, and themes."""
