"""Derived indexes over the catalogue's vectors: nearest pictures, passages, and candidates for MaxSim."""
