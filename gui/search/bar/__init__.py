"""The search bar: words, chips, filters."""
