"""Reads PDF documents: pages, words, titles."""
