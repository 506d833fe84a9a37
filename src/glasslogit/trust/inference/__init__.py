"""Standard errors, tests and intervals."""
