"""What the starter's heads are trained on, and what is measured of them."""
