"""Controllers that join features of the window: each connects two parts that do not know each other."""
