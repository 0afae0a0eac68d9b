"""Trains the starter's heads, and evaluates them."""
