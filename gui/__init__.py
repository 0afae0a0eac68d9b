"""The window: its features, and what joins them to the library."""
