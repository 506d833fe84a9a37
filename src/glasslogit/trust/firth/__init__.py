"""Firth's penalised likelihood, which always has an optimum."""
