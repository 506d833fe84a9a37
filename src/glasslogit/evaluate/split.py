"""Hold rows back for testing, at random and the same rows every time."""

from __future__ import annotations

import math
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.errors import InputError, check_number, refused
from glasslogit.evaluate.metrics import as_labels
from glasslogit.inputs import LazyLabels, number_all
from glasslogit.pages import how_many

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["split_rows", "stratified_folds", "train_test_split"]


def train_test_split(
    *arrays: Any,
    test_size: float = 0.25,
    seed: int | np.random.Generator = 0,
    stratify: ArrayLike | None = None,
) -> list[Any]:
    """Split arrays with the same rows into a training and a test part.

    Each array may be a NumPy array, a sparse matrix with rows (CSR), a data frame or a list;
    its type and dtype are kept. The result is flat: train and test of the first array, then of
    the second, and so on. The other arguments and the errors are those of `split_rows`.

    >>> X, y = np.arange(8).reshape(4, 2), ["a", "a", "b", "b"]
    >>> X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.5, stratify=y)
    >>> X_train.shape, sorted(y_train), sorted(y_test)
    ((2, 2), ['a', 'b'], ['a', 'b'])
    """
    if not arrays:
        raise InputError("train_test_split got no array; pass X, y")
    lengths = [_rows(each) for each in arrays]
    if len(set(lengths)) > 1:
        raise InputError(f"the arrays have {lengths} rows; they must all have the same number")
    parts = split_rows(lengths[0], test_size, seed, stratify)
    return [_take(each, rows) for each in arrays for rows in parts]


def split_rows(
    n: int,
    test_size: float = 0.25,
    seed: int | np.random.Generator = 0,
    stratify: ArrayLike | LazyLabels | None = None,
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the row numbers of the training part and of the test part, each ascending.

    `test_size` is a share in (0, 1), rounded up to whole rows, or a number of rows. With
    `stratify`, (n,) labels, class k gets its quota n_test·nₖ/n rounded by largest remainders,
    so that it is off by one row at most; every class keeps a row for training.
    Raises `InputError` when a part would be empty or a class would have no training row.

    Source: M. L. Balinski and H. P. Young, "Fair Representation" (1982): Hamilton's method.

    >>> train, test = split_rows(10, test_size=0.2)
    >>> train.size, test.size, sorted([*train.tolist(), *test.tolist()]) == list(range(10))
    (8, 2, True)
    """
    check_number(n, "n", "of rows, 1 or greater", least=1, whole=True)
    count = _test_count(n, test_size)
    random = _generator(seed)
    chosen = np.zeros(n, dtype=bool)
    if stratify is None:
        chosen[random.permutation(n)[:count]] = True
    else:
        strata = stratify if isinstance(stratify, LazyLabels) else _strata(stratify)
        if len(strata) != n:
            found = f"{how_many(len(strata), 'label')} for {how_many(n, 'row')}"
            raise InputError(f"stratify has {found}; give one for each")
        sizes = np.bincount(strata.codes, minlength=len(strata.classes))
        for k, quota in enumerate(_quotas(sizes, count, strata.classes)):
            chosen[random.permutation(np.flatnonzero(strata.codes == k))[:quota]] = True
    return np.flatnonzero(~chosen), np.flatnonzero(chosen)


def _generator(seed: Any) -> np.random.Generator:
    """Make the generator that a seed stands for."""
    try:
        return np.random.default_rng(seed)
    except (TypeError, ValueError):
        wanted = "give a whole number, 0 or greater, or a np.random.Generator"
        raise InputError(f"{refused('seed', seed)}; {wanted}") from None


def _strata(labels: ArrayLike) -> LazyLabels:
    """Find the classes of labels (n,), and number them."""
    return LazyLabels(*number_all(as_labels(labels, "stratify")))


def stratified_folds(y: ArrayLike, folds: int) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Return (train, test) row numbers of each fold, every class shared out alike, in row order.

    They are those of scikit-learn's ``StratifiedKFold(folds)``. Of the rows sorted by class,
    every `folds`-th goes to one fold: that says how many of a class it tests.

    >>> [test.tolist() for _, test in stratified_folds(["a", "a", "b", "a", "b", "a"], 2)]
    [[0, 1, 2], [3, 4, 5]]
    """
    labels = as_labels(y)
    _, first, codes = np.unique(labels, return_index=True, return_inverse=True)
    codes = np.argsort(np.argsort(first))[codes]  # classes in the order of their appearance
    sizes = np.bincount(codes)
    if not isinstance(folds, Integral) or not 2 <= folds <= sizes.max():
        raise _not_so_many(folds, int(sizes.max() if sizes.min() > 1 else 1), "labels")
    ordered = np.sort(codes)
    shares = np.array([np.bincount(ordered[i::folds], minlength=sizes.size) for i in range(folds)])
    test = np.empty(labels.size, dtype=np.intp)
    for k in range(sizes.size):
        test[codes == k] = np.repeat(np.arange(folds), shares[:, k])
    return [(np.flatnonzero(test != i), np.flatnonzero(test == i)) for i in range(folds)]


def share_folds(
    shares: NDArray[np.float64], folds: int
) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Return (train, test) row numbers of each fold, for rows that hold shares of events.

    The rows are dealt out in the order of their shares, so that each fold has rows of few events
    and of many; of equal shares in row order.

    >>> [test.tolist() for _, test in share_folds(np.array([0.1, 0.9, 0.8, 0.2]), 2)]
    [[0, 2], [1, 3]]
    """
    if not isinstance(folds, Integral) or not 2 <= folds <= shares.size:
        raise _not_so_many(folds, shares.size, "rows")
    test = np.empty(shares.size, dtype=np.intp)
    test[np.argsort(shares, kind="stable")] = np.arange(shares.size) % folds
    return [(np.flatnonzero(test != i), np.flatnonzero(test == i)) for i in range(folds)]


def _not_so_many(folds: int, most: int, kind: str) -> InputError:
    """Refuse a number of folds, and say which ones there may be."""
    remedy = f"give 2 to {most} folds for these {kind}"
    if most <= 2:
        remedy = f"give 2 folds for these {kind}"
    if most < 2:
        remedy = "cross-validation needs two rows or more of each class; give more rows"
    return InputError(f"cv={folds} is not valid; {remedy}")


def _test_count(n: int, test_size: float) -> int:
    """Return the number of test rows, at least one and at most n − 1."""
    if isinstance(test_size, int | np.integer) and not isinstance(test_size, bool):
        count = int(test_size)
    elif isinstance(test_size, Real) and 0 < test_size < 1:
        # 0.07 · 100 is a little above 7 in floating point; that is not an eighth row.
        count = math.ceil(round(float(test_size) * n, 9))
    else:
        raise InputError(f"test_size is {test_size}; give a share in (0, 1) or a number of rows")
    if not 0 < count < n:
        raise InputError(
            f"test_size={test_size} of {how_many(n, 'row')} leaves {n - count:,} to train on"
        )
    return count


def _quotas(sizes: NDArray[np.intp], count: int, classes: NDArray[Any]) -> NDArray[np.intp]:
    """Share `count` test rows among the classes in proportion, by largest remainders."""
    quota, remainder = np.divmod(sizes * count, sizes.sum())
    able = quota + 1 < sizes  # the others would lose their last training row
    missing = count - int(quota.sum())
    if missing > able.sum():
        name = classes[np.argmin(sizes)].item()
        rows = how_many(int(sizes.min()), "row")
        raise InputError(
            f"class {name!r} has {rows}: too few to train and to test on; "
            "use a smaller test_size, merge rare classes or do not stratify"
        )
    order = np.argsort(np.where(able, -remainder, 1), kind="stable")
    quota[order[:missing]] += 1
    return quota


def _rows(array: Any) -> int:
    """Return the number of rows; a sparse matrix has a shape but no length."""
    shape = getattr(array, "shape", None)
    return int(shape[0]) if shape else len(array)


def _take(array: Any, rows: NDArray[np.intp]) -> Any:
    """Return the given rows of any kind of array."""
    if isinstance(array, list | tuple):
        return [array[i] for i in rows]
    try:
        # A pandas frame indexed directly would give columns.
        return getattr(array, "iloc", array)[rows]
    except TypeError:
        kind = type(array).__name__
        raise InputError(f"rows of a {kind} cannot be selected; convert it (.tocsr())") from None
