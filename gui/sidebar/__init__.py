"""The sidebar: folders, themes, duplicates and searches."""
