"""What texts and words mean, for finding pages."""
