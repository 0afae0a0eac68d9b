"""How sure a match is, calibrated on the library at hand."""
