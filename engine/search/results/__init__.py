"""From ranked items to the hits a person sees."""
