"""Benchmarks: scripts that print a table. They are not tests: nothing is asserted of a noisy machine's times."""
