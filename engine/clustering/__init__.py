"""Clusters photographs: near-duplicates, and themes with their labels."""
