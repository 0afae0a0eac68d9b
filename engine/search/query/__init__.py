"""What is asked for: the query in parts, its words, their forms, and what may stand for them."""
