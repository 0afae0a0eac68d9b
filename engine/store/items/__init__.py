"""Contents and their items: what can be found, and what is written for it."""
