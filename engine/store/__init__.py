"""The catalogue (SQLite): files, items, vectors, texts, clusters and thumbnails."""
