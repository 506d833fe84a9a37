"""Firth's penalised likelihood, which always has an optimum."""

from glasslogit.trust.firth.firth import firth
from glasslogit.trust.firth.table import Firth

__all__ = [
    "Firth",
    "firth",
]
