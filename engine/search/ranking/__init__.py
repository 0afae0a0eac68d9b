"""Rankings of items: fused, interleaved, cut, with ties in a stable order."""
