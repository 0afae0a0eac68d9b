"""The search bar: text, chips, scope and filters."""
