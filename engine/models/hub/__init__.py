"""Files of models: from a hub or from disk, whole or not at all."""
