"""Contents and their items: what can be found, and what is stored for it."""
