"""Pictures of every state of the window, light and dark: `python -m tests.screens`.

The real program on a real library, without a display, used as a person uses it.
"""
