"""What the user gave becomes arrays, checked once, or one clear sentence."""
