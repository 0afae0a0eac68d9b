"""The places of cards and their parts. Arithmetic only."""
