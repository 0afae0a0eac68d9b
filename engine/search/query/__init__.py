"""Analyses a query: its parts, its words, their forms, and what else they match."""
