"""Where cards and their parts lie. Arithmetic only."""
