"""The settings and the models."""
