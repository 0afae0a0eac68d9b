"""Buttons, boxes and labels in the style of the window."""
