"""What the preview shows, without widgets: where it stands, and what is loaded for it."""
