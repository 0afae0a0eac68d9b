"""The duplicates page: groups of duplicates, and moving files of them to the trash."""
