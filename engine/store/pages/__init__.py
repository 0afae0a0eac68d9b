"""What is stored for pages: texts, terms, passages and page vectors."""
