"""The large picture of the preview: zoom, regions, and marks."""
