"""From a hypothesis as it is said to equations R·β = r about the reported coefficients β.

A name is that of a coefficient, or else of a term of the formula or a column of the table, which
stands for all the coefficients that are made of it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glasslogit.core import Floats
from glasslogit.errors import InputError
from glasslogit.inputs import count_axes, to_array, to_numbers
from glasslogit.pages import listed

EQUATION = re.compile(r"(.*?)\s*==?\s*([-+]?[\d.]+)")
Hypothesis = str | Sequence[str] | ArrayLike


@dataclass(frozen=True)
class Equations:
    """What the names in a hypothesis stand for.

    `terms` (m,) are the names of the coefficients, `groups` those of the columns of X that a
    term of the formula, or a column of the table, becomes.
    """

    terms: Sequence[str]
    groups: Mapping[str, tuple[str, ...]]

    def of(self, hypothesis: Hypothesis) -> tuple[str, Floats]:
        """Turn a hypothesis into words and R (q, m), which has a row for each coefficient named.

        >>> known = Equations(("age", "town=B", "town=C"), {"town": ("town=B", "town=C")})
        >>> known.of(["town", "age"])[1].astype(int).tolist()
        [[0, 1, 0], [0, 0, 1], [1, 0, 0]]
        """
        if isinstance(hypothesis, str):
            hypothesis = [hypothesis]
        if count_axes(hypothesis, "hypothesis") == 0:
            kind = type(hypothesis).__name__
            raise InputError(f"hypothesis is of type {kind}; give {self._wanted}")
        given = to_array(hypothesis, "hypothesis")
        if given.dtype.kind not in "US":
            return "linear hypothesis", self._numbers(given)
        said = [str(name) for name in given.ravel()]
        names = [each for name in said for each in self._coefficients(name)]
        twice = [name for j, name in enumerate(names) if name in names[:j]]
        if twice:
            raise InputError(f"the hypothesis names {twice[0]!r} twice; give each column once")
        places = [j for name in names for j, term in enumerate(self.terms) if term == name]
        return ", ".join(said), np.eye(len(self.terms))[places]

    def _coefficients(self, name: str) -> tuple[str, ...]:
        """Give the names of the coefficients that a name stands for."""
        if name in self.terms:
            return (name,)
        if name not in self.groups:
            equation = EQUATION.fullmatch(name)
            if equation and equation[1] in {*self.terms, *self.groups}:
                remedy = f"give {equation[1]!r} as the hypothesis, and value={equation[2]}"
                raise InputError(f"hypothesis {name!r} is no name of a coefficient; {remedy}")
            known = listed(dict.fromkeys((*self.terms, *self.groups)))
            raise InputError(f"the model has no coefficient {name!r}; it has {known}")
        return self.groups[name]

    def _numbers(self, given: NDArray[np.generic]) -> Floats:
        """Check R as it was given."""
        R = np.atleast_2d(to_numbers(given, "hypothesis").astype(np.float64))
        if R.ndim != 2 or R.shape[1] != len(self.terms):
            raise InputError(f"the hypothesis has shape {given.shape}; give {self._wanted}")
        if not np.isfinite(R).all():
            raise InputError(f"the hypothesis holds NaN or infinity; give {self._wanted}")
        return R

    @property
    def _wanted(self) -> str:
        """Say what a hypothesis is."""
        m = len(self.terms)
        return f"column names, or finite numbers of shape (q, {m}), one for each coefficient"


def identified(R: Floats, aliased: NDArray[np.bool], terms: Sequence[str]) -> Floats:
    """Refuse equations about a column without a coefficient, because other columns explain it."""
    lost = (R != 0).any(axis=0) & aliased
    if lost.any():
        raise InputError(
            f"{terms[int(lost.argmax())]!r} has no coefficient to test: other columns explain it "
            "in these rows, as the note under summarize(model, X, y) says; leave it out"
        )
    return R


def refuse_endless(R: Floats, coef: Floats, terms: Sequence[str], *, likelihood: bool) -> None:
    """Refuse a test by standard errors of a coefficient (m,) that has no finite estimate."""
    lost = (R != 0).any(axis=0) & ~np.isfinite(coef)
    if lost.any():
        remedy = "fit with a finite C, as without a likelihood there is no other test"
        if likelihood:
            remedy = "take hypothesis_test(model, X, y, hypothesis=…, test='likelihood_ratio')"
            remedy += " or 'score'"
        name = terms[int(lost.argmax())]
        raise InputError(f"{name!r} has no finite estimate, and so no Wald test; {remedy}")


def right_side(value: ArrayLike, q: int) -> Floats:
    """Check the right side of a hypothesis: one number, or one for each equation."""
    values = to_numbers(value, "value").astype(np.float64)
    if values.shape not in ((), (q,)) or not np.isfinite(values).all():
        raise InputError(f"value has shape {values.shape}; give a finite number, or {q} of them")
    return np.broadcast_to(values, (q,))
