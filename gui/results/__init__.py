"""The results page: hits, their layout, cards, and the grid that shows them."""
