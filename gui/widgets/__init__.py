"""Widgets that know nothing of the library: controls, banners, empty states, and how they look."""
