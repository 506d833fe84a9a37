"""New columns from old: one scale for all, and products for curved boundaries.

`StandardScaler` and `PolynomialFeatures` have scikit-learn's names and methods, and fit into
its pipelines: parameters in the constructor, which nothing changes later; `fit` learns
attributes that end in an underscore; `transform` applies them. glasslogit's own solvers need
no scaling. Plain gradient descent does, and so does a penalty, which weighs columns by unit.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import KW_ONLY, dataclass, field
from itertools import combinations, combinations_with_replacement
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from glasslogit.core import is_sparse
from glasslogit.errors import InputError, NotFittedError, check_choice, python_scalar, told_as
from glasslogit.inputs import (
    ColumnLabels,
    Params,
    are_text,
    check_features,
    check_learned,
    check_weight,
    default_names,
    names_of,
)
from glasslogit.pages import how_many

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Rows = NDArray[np.floating[Any]]

__all__ = ["PolynomialFeatures", "StandardScaler"]

_MOST_COLUMNS = 1_000_000  # nobody means more; a slip in `degree` does


@dataclass(eq=False)
class Transformer(Params, ABC):
    """What every transformer remembers and does: its columns, and scikit-learn's protocol."""

    n_features_in_: int = field(init=False, repr=False)
    feature_names_: NDArray[Any] = field(init=False, repr=False)  # x0, x1, … if X has none
    feature_names_in_: NDArray[Any] = field(init=False, repr=False)  # only if all are text

    @abstractmethod
    def fit(self, X: ArrayLike, y: object = None) -> Self:
        """Learn from the columns of `X` (n, d); `y` is not used."""

    @abstractmethod
    def transform(self, X: ArrayLike) -> Rows:
        """Return the new columns."""

    def fit_transform(self, X: ArrayLike, y: object = None) -> Rows:
        """Learn from `X` and transform it."""
        return self.fit(X, y).transform(X)

    def _learn_columns(self, X: ArrayLike) -> Rows:
        """Remember number and names of the columns of `X`; return its rows."""
        rows, labels = _as_rows(X)
        self.n_features_in_ = rows.shape[1]
        vars(self).pop("feature_names_in_", None)
        names = np.array(names_of(labels) or default_names(rows.shape[1]), dtype=object)
        self.feature_names_ = names
        if labels is not None and are_text(labels):
            self.feature_names_in_ = names
        return rows

    def _known_columns(self, X: ArrayLike) -> Rows:
        """Return the rows of `X` after checking that its columns are those of `fit`."""
        d = len(self._input_names(None))
        rows, labels = _as_rows(X)
        if rows.shape[1] != d:
            raise InputError(f"X has {how_many(rows.shape[1], 'column')}; fit saw {d:,}")
        check_learned(labels, self, d)
        return rows

    def _input_names(self, given: Sequence[str] | None) -> list[str]:
        """Return the names of the columns that came in: given, learned, or x0, x1, x2."""
        if "n_features_in_" not in vars(self):
            raise NotFittedError(f"this {type(self).__name__} is not fitted; call fit(X) first")
        names = [str(each) for each in (self.feature_names_ if given is None else given)]
        if len(names) != self.n_features_in_:
            columns = how_many(self.n_features_in_, "column")
            raise InputError(f"{how_many(len(names), 'name')} for {columns}; give one each")
        return names


@dataclass(eq=False)
class StandardScaler(Transformer):
    """Shift each column to mean 0 and scale it to standard deviation 1: (x − mean) / scale.

    The deviation is that of the rows given, √(Σ s·(x − mean)² / Σ s), with weights s if there
    are any. A constant column says nothing and gets scale 1. `with_mean` and `with_std` switch
    the shift and the scale off. Learned: `mean_` and `scale_`, (d,); `n_features_in_`; and
    `feature_names_in_` if X has names. float32 stays float32. Raises `InputError` for values
    that are not finite numbers and for sparse matrices, which a shift would fill.

    >>> scaler = StandardScaler().fit([[1.0, 7.0], [3.0, 7.0]])
    >>> scaler.mean_.tolist(), scaler.scale_.tolist()
    ([2.0, 7.0], [1.0, 1.0])
    >>> scaler.transform([[5.0, 8.0]]).tolist()
    [[3.0, 1.0]]
    """

    with_mean: bool = True
    with_std: bool = True
    mean_: NDArray[np.float64] = field(init=False, repr=False)
    scale_: NDArray[np.float64] = field(init=False, repr=False)

    def fit(self, X: ArrayLike, y: object = None, sample_weight: ArrayLike | None = None) -> Self:
        """Learn mean and scale of the columns of `X` (n, d); `y` is not used."""
        del y
        rows = self._learn_columns(X)
        weight = check_weight(sample_weight, len(rows))
        used = weight > 0
        self.mean_, deviation = _moments(rows[used], weight[used] / weight.sum())
        self.scale_ = np.where(deviation > 0, deviation, 1.0)
        return self

    def transform(self, X: ArrayLike) -> Rows:
        """Return the scaled columns, (n, d)."""
        rows = self._known_columns(X)
        shift, scale = self._shift_and_scale()
        return np.asarray((rows - shift) / scale, rows.dtype)

    def inverse_transform(self, X: ArrayLike) -> Rows:
        """Return scaled columns to their own units, (n, d)."""
        rows = self._known_columns(X)
        shift, scale = self._shift_and_scale()
        return np.asarray(rows * scale + shift, rows.dtype)

    def get_feature_names_out(self, input_features: Sequence[str] | None = None) -> NDArray[Any]:
        """Return the names of the columns: those that came in."""
        return np.array(self._input_names(input_features), dtype=object)

    def _shift_and_scale(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return what is subtracted and what is divided by, (d,) each."""
        shift = self.mean_ if self.with_mean else np.zeros_like(self.mean_)
        scale = self.scale_ if self.with_std else np.ones_like(self.scale_)
        return shift, scale


@dataclass(eq=False)
class PolynomialFeatures(Transformer):
    """All products of columns up to a degree, such as x₀, x₁, x₀², x₀·x₁, x₁² for degree 2.

    Columns come by degree, and within a degree in the order of the columns multiplied, as in
    scikit-learn. `interaction_only` leaves out powers of one column. `include_bias` is off,
    unlike scikit-learn's: a column of ones would be a second intercept. Learned:
    `n_features_in_`, `n_output_features_`, `powers_` (columns out, columns in) and, if X has
    names, `feature_names_in_`. Raises `InputError` for a product too large to represent, for
    values that are not finite numbers, and for more than a million columns.

    >>> poly = PolynomialFeatures(degree=2)
    >>> poly.fit_transform([[2.0, 3.0]]).tolist()
    [[2.0, 3.0, 4.0, 6.0, 9.0]]
    >>> poly.get_feature_names_out(["a", "b"]).tolist()
    ['a', 'b', 'a^2', 'a b', 'b^2']
    """

    degree: int = 2
    _: KW_ONLY
    interaction_only: bool = False
    include_bias: bool = False

    def fit(self, X: ArrayLike, y: object = None) -> Self:
        """Learn the number of columns of `X` (n, d); `y` is not used."""
        del y
        degree: Any = python_scalar(self.degree)
        if not isinstance(degree, int | float) or not 1 <= degree < math.inf or degree % 1 != 0:
            told = told_as(degree)
            raise InputError(f"degree is {told}; it must be a whole number from 1")
        for name in ("interaction_only", "include_bias"):
            check_choice(getattr(self, name), name, (True, False))
        columns = _as_rows(X)[0].shape[1]
        if self._count(columns) > _MOST_COLUMNS:
            made = how_many(self._count(columns), "column")
            raise InputError(
                f"degree {self.degree} makes {made} of {columns}; "
                "use a lower degree or fewer columns"
            )
        self._learn_columns(X)
        return self

    def transform(self, X: ArrayLike) -> Rows:
        """Return the products, (n, number of products)."""
        rows = self._known_columns(X)
        terms = self._terms()
        place = {term: j for j, term in enumerate(terms)}
        products = np.ones((len(rows), len(terms)), dtype=rows.dtype)
        with np.errstate(over="ignore"):
            for j, term in enumerate(terms):
                if len(term) > 1:  # one multiplication each: the product without its last factor
                    products[:, j] = products[:, place[term[:-1]]] * rows[:, term[-1]]
                elif term:
                    products[:, j] = rows[:, term[0]]
        too_large = np.flatnonzero(~np.isfinite(products).all(axis=0))
        if too_large.size:
            name = self.get_feature_names_out()[too_large[0]]
            raise InputError(f"{name} is too large to represent; scale X first (StandardScaler)")
        return products

    def get_feature_names_out(self, input_features: Sequence[str] | None = None) -> NDArray[Any]:
        """Return the names of the products, such as "a^2 b"; the bias is "1"."""
        names = self._input_names(input_features)
        labels = []
        for term in self._terms():
            powers = [(names[j], term.count(j)) for j in dict.fromkeys(term)]
            factors = [name if power == 1 else f"{name}^{power}" for name, power in powers]
            labels.append(" ".join(factors) or "1")
        twice = [label for label, times in Counter(labels).items() if times > 1]
        if twice:
            raise InputError(f"two columns would be named {twice[0]!r}; rename a column of X")
        return np.array(labels, dtype=object)

    @property
    def powers_(self) -> NDArray[np.intp]:
        """Exponent of every input column in every product, (columns out, columns in)."""
        terms = self._terms()
        powers = np.zeros((len(terms), self.n_features_in_), dtype=np.intp)
        for j, term in enumerate(terms):
            np.add.at(powers[j], list(term), 1)
        return powers

    @property
    def n_output_features_(self) -> int:
        """Number of products."""
        return len(self._terms())

    def _terms(self) -> list[tuple[int, ...]]:
        """Return the columns multiplied in each product, in order."""
        choose = combinations if self.interaction_only else combinations_with_replacement
        columns = range(len(self._input_names(None)))
        degrees = range(0 if self.include_bias else 1, self.degree + 1)
        return [term for power in degrees for term in choose(columns, power)]

    def _count(self, columns: int) -> int:
        """Return the number of products without listing them."""
        repeats = 0 if self.interaction_only else 1
        degrees = range(0 if self.include_bias else 1, self.degree + 1)
        return sum(math.comb(columns + repeats * (power - 1), power) for power in degrees)


def _moments(
    rows: Rows, share: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return weighted mean and standard deviation of the columns; `share` (n,) adds to 1.

    Measured from the first row, so that a constant column has deviation 0 exactly, and in
    units of the largest distance, so that squares neither overflow nor vanish.
    """
    share = share[:, None]
    with np.errstate(over="ignore", invalid="ignore"):
        away = rows - rows[0].astype(np.float64)
        mean = rows[0] + (share * away).sum(axis=0)
        away -= mean - rows[0]
        largest = np.abs(away).max(axis=0)
        unit = np.where(largest > 0, largest, 1.0)
        deviation = unit * np.sqrt((share * (away / unit) ** 2).sum(axis=0))
    too_large = np.flatnonzero(~np.isfinite(deviation))
    if too_large.size:
        raise InputError(f"column {too_large[0]} of X is too large to scale; divide it first")
    return mean, deviation


def _as_rows(X: ArrayLike) -> tuple[Rows, ColumnLabels]:
    """Return `X` as a (n, d) array of finite floats, and the labels of a frame's columns."""
    features = check_features(X)
    if is_sparse(features.X):
        raise InputError("X is a sparse matrix; convert it with .toarray() if it fits in memory")
    rows = features.X if features.X.dtype.kind == "f" else features.X.astype(np.float64)
    return rows, features.labels
