"""PDF documents: pages, words, titles."""
