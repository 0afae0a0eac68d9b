"""Page models of the ColPali family, through transformers' own classes."""
