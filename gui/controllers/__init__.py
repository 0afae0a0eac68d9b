"""What joins features of the window: each object here knows two parts that do not know each other."""
