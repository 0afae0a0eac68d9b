"""Training of heads and adapters on pairs of texts and pictures, and its evaluation."""
