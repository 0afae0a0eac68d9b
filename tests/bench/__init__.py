"""Benchmarks: scripts that print tables. A noisy machine's times are measured, never asserted."""
