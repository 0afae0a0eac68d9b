"""The starter: what answers on a machine that has downloaded nothing."""
