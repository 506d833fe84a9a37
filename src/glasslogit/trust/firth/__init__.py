"""Firth's penalised likelihood, which always has an optimum."""

from glasslogit.trust.firth.firth import Firth, firth

__all__ = [
    "Firth",
    "firth",
]
