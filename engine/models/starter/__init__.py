"""The starter: the model that answers on a machine without any download."""
