"""The generators of the problems: seeded, one axis of difficulty each.

The census is the one of examples/. The other real sets are read from `shared/data/speed` next to
the checkout, or from the folder that the environment variable GLASSLOGIT_DATA names.
"""

import csv
import gzip
import io
import lzma
import os
import sys
import tempfile
from collections.abc import Callable
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from million_rows import write
from scipy import sparse
from tasks import Problem, as_bytes

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("GLASSLOGIT_DATA", ROOT.parent / "shared" / "data" / "speed"))
INCOME = ROOT / "examples" / "income.csv.gz"

sys.path.append(str(ROOT / "tests"))
from onehot import indicators, onehot  # noqa: E402

Arrays = tuple[Any, np.ndarray]  # X and y


def tall(n: int, d: int, *, rare: float = 0.0, raw: bool = False, noise: float = 0.5) -> Arrays:
    """Correlated columns, as real ones are: each shares a few common factors with the others."""
    rng = np.random.default_rng(0)
    factors = rng.normal(size=(n, max(d // 5, 1)))
    X = factors @ rng.normal(size=(factors.shape[1], d)) + rng.normal(size=(n, d)) * noise
    X /= X.std(axis=0)
    score = X @ rng.normal(size=d) / d**0.5 - rare + rng.logistic(size=n)
    if raw:
        X = X * 10.0 ** rng.uniform(-3, 3, d) + 10.0 ** rng.uniform(-2, 3, d)
    return X, (score > 0).astype(int)


def softmax(n: int, d: int, K: int) -> Arrays:
    """Several classes on the same kind of columns."""
    rng = np.random.default_rng(0)
    X, _ = tall(n, d)
    return X, (X @ rng.normal(size=(d, K)) / d**0.5 + rng.gumbel(size=(n, K))).argmax(1)


def one_hot(n: int, levels: tuple[int, ...]) -> Arrays:
    """Several categorical variables, a column for each level, the levels' frequencies skewed."""
    rng = np.random.default_rng(0)
    columns, score, start = np.empty((n, len(levels)), np.int32), rng.logistic(size=n), 0
    for j, count in enumerate(levels):
        share = rng.permutation(1.0 / np.arange(1, count + 1) ** 1.3)
        level = rng.choice(count, n, p=share / share.sum())
        columns[:, j] = start + level
        score += rng.normal(size=count)[level] * 2 / len(levels) ** 0.5
        start += count
    pointers = np.arange(0, columns.size + 1, len(levels), dtype=np.int32)
    ones = np.ones(columns.size)
    X = sparse.csr_matrix((ones, columns.ravel(), pointers), shape=(n, start))
    return X, (score > np.quantile(score, 0.8)).astype(int)


def survey(n: int, variables: int, *, separable: bool = False) -> Arrays:
    """Nested variables, levels of single rows, and "not applicable" shared by many variables."""
    X, y = onehot(n, variables, seed=0)
    if separable:
        score = X @ np.random.default_rng(0).normal(size=X.shape[1])
        y = (score > np.median(score)).astype(int)
    return X, y


def crossed() -> Arrays:
    """Give the census, a column for each level of each variable and of each pair of variables.

    Numbers are cut into tenths of the rows; a missing value is a level.
    """
    with gzip.open(INCOME, "rt", encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    *columns, target = np.array(rows).T
    codes = [coded(column) for column in columns]
    pairs = [a * (b.max() + 1) + b for a, b in combinations(codes, 2)]
    X = sparse.hstack([indicators(code) for code in (*codes, *pairs)], format="csr")
    assert head[-1] == "income"
    return X, (target == ">50K").astype(int)


def coded(column: np.ndarray) -> np.ndarray:
    """Give the level of each row of a column, (n,), by number; of numbers the tenth."""
    try:
        numbers = column.astype(float)
    except ValueError:
        return np.unique(column, return_inverse=True)[1]
    return np.searchsorted(np.quantile(numbers, np.arange(1, 10) / 10), numbers)


def wide(n: int, d: int) -> Arrays:
    """Far more columns than rows, standardised, with common factors: as gene expressions."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, 20)) @ rng.normal(size=(20, d)) / 5 + rng.normal(size=(n, d))
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    score = X[:, :10] @ rng.normal(size=10)
    return X, (score + rng.logistic(size=n) > 0).astype(int)


def words(n: int, d: int, length: float, rng: np.random.Generator) -> sparse.csr_matrix:
    """Count Zipf's words, some of them drawn from a topic, in documents of unlike lengths."""
    counts = np.maximum(rng.lognormal(np.log(length) - 0.25, 0.7, n).astype(int), 5)
    rows, topics = np.repeat(np.arange(n), counts), 20
    drawn = np.searchsorted(np.cumsum(zipf(d)), rng.random(rows.size)).clip(max=d - 1)
    topic = rng.integers(topics, size=n)[rows]
    spread = np.array([rng.permutation(d) for _ in range(topics)])
    theirs = rng.random(rows.size) < 0.4
    drawn[theirs] = spread[topic[theirs], drawn[theirs]]
    return sparse.csr_matrix((np.ones(rows.size), (rows, drawn)), shape=(n, d))


def zipf(d: int) -> np.ndarray:
    """Give the frequencies of d words."""
    share = 1.0 / (np.arange(d) + 3.0)
    return share / share.sum()


def text(n: int, d: int, *, length: float = 68.0, counts: bool = False) -> Arrays:
    """Documents as tf-idf rows of length one, or as counts; few of the words matter."""
    rng = np.random.default_rng(0)
    plain = words(n, d, length, rng)
    X = plain.copy()
    X.data = 1 + np.log(X.data)
    X = X @ sparse.diags(1 + np.log((1 + n) / (1 + X.getnnz(axis=0))))
    X = sparse.diags(1 / np.sqrt(np.asarray(X.multiply(X).sum(axis=1)).ravel())) @ X
    truth = np.zeros(d)
    known = rng.permutation(np.argsort(-X.getnnz(axis=0))[: d // 10])[: d // 40]
    truth[known] = rng.normal(size=known.size)
    score = X @ truth
    score = 2 * (score - score.mean()) / score.std() + rng.logistic(size=n)
    return sparse.csr_matrix(plain if counts else X), (score > 0).astype(int)


def shipped(name: str, *, scale: bool = False) -> Arrays:
    """Take a set that comes with scikit-learn, raw or standardised."""
    from sklearn import datasets  # noqa: PLC0415  (a second to import)

    X, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    return (X - X.mean(axis=0)) / X.std(axis=0) if scale else X, y


def real(name: str, *, positive: Any = None) -> Arrays:
    """Read a real set; `positive` makes it binary: these classes against the others."""
    packed = lzma.decompress((DATA / f"{name}.npz.xz").read_bytes())
    with np.load(io.BytesIO(packed)) as file:
        if "nrow" in file:
            X = rows_of(file["data"], file["dindices"], file["nrow"], tuple(file["shape"]))
        else:
            X = file["X"].astype(float)
        classes, y = np.unique(file["y"], return_inverse=True)
    return X, y if positive is None else np.isin(classes, positive)[y].astype(int)


def rows_of(data: Any, steps: Any, counts: Any, shape: tuple[int, ...]) -> sparse.csr_matrix:
    """Put a sparse matrix together whose column numbers are kept as steps along each row."""
    pointers = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
    columns = np.cumsum(steps, dtype=np.int64)
    before = np.concatenate([[0], columns])[pointers[:-1]]
    columns -= np.repeat(before, counts)
    return sparse.csr_matrix((data.astype(float), columns, pointers), shape=shape)


def path(n: int, d: int, points: int = 100) -> Problem:
    """Make an elastic net, from the largest useful penalty down to a thousandth of it."""
    X, y = tall(n, d)
    top = np.abs(X.T @ (y - y.mean())).max() / 0.5
    return Problem(X, y, l1_ratio=0.5, task="path", Cs=np.geomspace(1, 1e3, points) / top)


def people(n: int) -> Problem:
    """Write the file of a million people, or of fewer."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "people.csv", n)
        return from_file(Path(folder) / "people.csv", "left")


def from_file(place: Path, target: str) -> Problem:
    """Take a CSV file as it is, or unpacked."""
    packed = place.read_bytes()
    plain = gzip.decompress(packed) if place.suffix == ".gz" else packed
    return Problem(as_bytes(plain), np.arange(2), task="road", target=target)


@lru_cache(maxsize=1)
def made(make: Callable[..., Any], given: tuple[Any, ...], more: tuple[Any, ...]) -> Problem:
    """Make a problem; the next may be the same rows with another penalty."""
    found = make(*given, **dict(more))
    return found if isinstance(found, Problem) else Problem(*found)


def problem(make: Callable[..., Any], *given: Any, **more: Any) -> Callable[[], Problem]:
    """Give the function that makes a problem; what is not the generator's own is the problem's."""
    settings = {name: more.pop(name) for name in Problem._fields if name in more}
    own = tuple(more.items())
    return lambda: made(make, given, own)._replace(**settings)
