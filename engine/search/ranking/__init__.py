"""Rankings of items: joined, interleaved, cut, with ties in a stable order."""
