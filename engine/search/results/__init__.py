"""Turns ranked items into the hits that a person sees."""
