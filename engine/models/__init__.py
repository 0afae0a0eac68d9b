"""Models: their specifications, the registry of installed ones, downloads, and an adapter for each family."""
