"""The worker processes that read files, and their limits."""
