"""What kinds of photographs a library holds, and what they are called."""
