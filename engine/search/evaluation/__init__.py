"""How well searching works, measured with queries whose answers are known."""
