"""Files of the program: icons, translations, and the weights of the starter."""
