"""The hits as a list: the model, its sections, and what is written of a hit."""
