"""What is known of the text on pages: words, passages, page vectors."""
