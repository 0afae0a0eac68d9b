"""The hits as a list: the model, its sections, and their descriptions."""
