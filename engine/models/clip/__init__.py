"""Picture models through open_clip."""
