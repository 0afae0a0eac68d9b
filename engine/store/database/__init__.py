"""SQLite as the engine uses it: connections, the schema, and what mends a damaged file."""
