"""Pictures as pixels, and what their headers say."""
