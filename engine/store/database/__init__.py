"""SQLite as the engine uses it: connections, the schema, and the repair of damage."""
