"""The preview: one result enlarged, its details, and why it matched."""
