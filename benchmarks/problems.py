"""The problems: name → a function that makes it. Seeded; one axis of difficulty each.

The real sets are read from `shared/data/speed` next to the checkout, or from the folder that
the environment variable GLASSLOGIT_DATA names; where it is absent they are left out.
"""

import io
import lzma
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse
from sklearn import datasets

BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data" / "speed"
DATA = Path(os.environ.get("GLASSLOGIT_DATA", BESIDE))


class Problem(NamedTuple):
    """Minimise C·Σ loss + l1_ratio·‖w‖₁ + (1 − l1_ratio)·½‖w‖², the intercept free.

    `y` holds class numbers. `task` is the function that a peer must have: "fit"; "path", one
    such fit for each of `Cs` on each of `FOLDS` training sets; "one_row", a prediction.
    """

    X: Any
    y: np.ndarray
    C: float = 1.0
    l1_ratio: float = 0.0
    task: str = "fit"
    Cs: Any = ()


FOLDS = 5


def folds(n: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Give rows to train on and rows to test on: every fifth row is a test row."""
    rows = np.arange(n)
    return [(rows[rows % FOLDS != k], rows[rows % FOLDS == k]) for k in range(FOLDS)]


def tall(  # noqa: PLR0913
    n: int, d: int, *, rare: float = 0.0, raw: bool = False, noise: float = 0.5, C: float = 1.0
) -> Problem:
    """Correlated columns, as real ones are: each shares a few common factors with the others."""
    rng = np.random.default_rng(0)
    factors = rng.normal(size=(n, max(d // 5, 1)))
    X = factors @ rng.normal(size=(factors.shape[1], d)) + rng.normal(size=(n, d)) * noise
    X /= X.std(axis=0)
    score = X @ rng.normal(size=d) / d**0.5 - rare + rng.logistic(size=n)
    if raw:
        X = X * 10.0 ** rng.uniform(-3, 3, d) + 10.0 ** rng.uniform(-2, 3, d)
    return Problem(X, (score > 0).astype(int), C)


def softmax(n: int, d: int, K: int) -> Problem:
    """Several classes on the same kind of columns."""
    rng = np.random.default_rng(0)
    X = tall(n, d).X
    return Problem(X, (X @ rng.normal(size=(d, K)) / d**0.5 + rng.gumbel(size=(n, K))).argmax(1))


def one_hot(n: int, levels: list[int], C: float = 1.0) -> Problem:
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
    return Problem(X, (score > np.quantile(score, 0.8)).astype(int), C)


def wide(n: int, d: int, C: float = 1.0) -> Problem:
    """Far more columns than rows, standardised, with common factors: as gene expressions."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, 20)) @ rng.normal(size=(20, d)) / 5 + rng.normal(size=(n, d))
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    score = X[:, :10] @ rng.normal(size=10)
    return Problem(X, (score + rng.logistic(size=n) > 0).astype(int), C)


def text(n: int, d: int, *, words: float = 68.0, C: float = 1.0, l1_ratio: float = 0.0) -> Problem:
    """Zipf's words, some drawn from a topic, as tf-idf rows of length one; a sparse truth."""
    rng = np.random.default_rng(0)
    counts = np.maximum(rng.lognormal(np.log(words) - 0.25, 0.7, n).astype(int), 5)
    rows, topics = np.repeat(np.arange(n), counts), 20
    drawn = np.searchsorted(np.cumsum(zipf(d)), rng.random(rows.size)).clip(max=d - 1)
    topic = rng.integers(topics, size=n)[rows]
    spread = np.array([rng.permutation(d) for _ in range(topics)])
    theirs = rng.random(rows.size) < 0.4
    drawn[theirs] = spread[topic[theirs], drawn[theirs]]
    X = sparse.csr_matrix((np.ones(rows.size), (rows, drawn)), shape=(n, d))
    X.data = 1 + np.log(X.data)
    X = X @ sparse.diags(1 + np.log((1 + n) / (1 + X.getnnz(axis=0))))
    X = sparse.diags(1 / np.sqrt(np.asarray(X.multiply(X).sum(axis=1)).ravel())) @ X
    truth = np.zeros(d)
    known = rng.permutation(np.argsort(-X.getnnz(axis=0))[: d // 10])[: d // 40]
    truth[known] = rng.normal(size=known.size)
    score = X @ truth
    score = 2 * (score - score.mean()) / score.std() + rng.logistic(size=n)
    return Problem(sparse.csr_matrix(X), (score > 0).astype(int), C, l1_ratio)


def zipf(d: int) -> np.ndarray:
    """Give the frequencies of d words."""
    share = 1.0 / (np.arange(d) + 3.0)
    return share / share.sum()


def path(n: int, d: int, points: int = 100) -> Problem:
    """Make an elastic net, from the largest useful penalty down to a thousandth of it."""
    X, y, *_ = tall(n, d)
    top = np.abs(X.T @ (y - y.mean())).max() / 0.5
    return Problem(X, y, l1_ratio=0.5, task="path", Cs=np.geomspace(1, 1e3, points) / top)


def shipped(load: Callable[..., Any], *, scale: bool = False, task: str = "fit") -> Problem:
    """Take a set that comes with scikit-learn, raw or standardised."""
    X, y = load(return_X_y=True)
    return Problem((X - X.mean(axis=0)) / X.std(axis=0) if scale else X, y, task=task)


def real(name: str, *, C: float = 1.0, l1_ratio: float = 0.0, positive: Any = None) -> Problem:
    """Read a real set; `positive` makes it binary: these classes against the others."""
    packed = lzma.decompress((DATA / f"{name}.npz.xz").read_bytes())
    with np.load(io.BytesIO(packed)) as file:
        if "nrow" in file:
            X = rows_of(file["data"], file["dindices"], file["nrow"], tuple(file["shape"]))
        else:
            X = file["X"].astype(float)
        classes, y = np.unique(file["y"], return_inverse=True)
    y = y if positive is None else np.isin(classes, positive)[y].astype(int)
    return Problem(X, y, C, l1_ratio)


def rows_of(data: Any, steps: Any, counts: Any, shape: tuple[int, ...]) -> sparse.csr_matrix:
    """Put a sparse matrix together whose column numbers are kept as steps along each row."""
    pointers = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
    columns = np.cumsum(steps, dtype=np.int64)
    before = np.concatenate([[0], columns])[pointers[:-1]]
    columns -= np.repeat(before, counts)
    return sparse.csr_matrix((data.astype(float), columns, pointers), shape=shape)


def save(problem: Problem, place: Path) -> None:
    """Keep a problem for the processes that measure on it."""
    parts, X = problem._asdict(), problem.X
    if sparse.issparse(X):
        del parts["X"]
        parts |= {"data": X.data, "indices": X.indices, "indptr": X.indptr, "shape": X.shape}
    np.savez(place, allow_pickle=False, **parts)


def load(place: Path) -> Problem:
    """Read what `save` has kept."""
    with np.load(place) as file:
        found = {name: file[name] for name in Problem._fields if name in file}
        if "indptr" in file:
            short = (file[name].astype(np.int32) for name in ("indices", "indptr"))
            parts = (file["data"], *short)  # as slices of it have: nothing is compiled twice
            found["X"] = sparse.csr_matrix(parts, shape=tuple(file["shape"]))
    plain = {"C": float(found["C"]), "l1_ratio": float(found["l1_ratio"])}
    return Problem(**found | plain | {"task": str(found["task"])})


CENSUS = [2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 5, 6, 6, 7, 7, 8, 8, 8, 9, 9, 10, 10, 15, 17, 24, 38]
CENSUS += [43, 43, 43, 47, 50, 51]  # 33 variables, 500 levels
CLICKS = [2, 5, 10, 30, 100, 350, 700, 1000, 1303]  # 9 variables, 3,500 levels

COMPUTERS = (1, 2, 3, 4, 5)  # the classes of comp.*

PROBLEMS: dict[str, Callable[[], Problem]] = {
    "tall, 500,000 × 50": partial(tall, 500_000, 50),
    "tall, no penalty": partial(tall, 500_000, 50, C=np.inf),
    "tall, nearly dependent columns": partial(tall, 300_000, 50, noise=0.03),
    "tall, raw columns": partial(tall, 300_000, 30, raw=True),
    "tall, 1 event in 10,000": partial(tall, 500_000, 20, rare=11.5),
    "tall, few columns: 1,000,000 × 8": partial(tall, 1_000_000, 8),
    "dense, 60,000 × 300": partial(tall, 60_000, 300),
    "softmax, 60,000 × 100, 10 classes": partial(softmax, 60_000, 100, 10),
    "softmax, 60,000 × 784, 10 classes": partial(softmax, 60_000, 784, 10),
    "one-hot, 300,000 × 500": partial(one_hot, 300_000, CENSUS),
    "one-hot, 220,000 × 3,500": partial(one_hot, 220_000, CLICKS),
    "wide dense, 200 × 10,000": partial(wide, 200, 10_000),
    "wide dense, 72 × 7,000": partial(wide, 72, 7_000),
    "text, 20,000 × 47,000": partial(text, 20_000, 47_000),
    "text, C = 100": partial(text, 20_000, 47_000, C=100.0),
    "text, L1, hundreds left": partial(text, 20_000, 47_000, C=1.0, l1_ratio=1.0),
    "text, L1, thousands left": partial(text, 20_000, 47_000, C=5.0, l1_ratio=1.0),
    "elastic-net path, 5 folds": partial(path, 10_000, 100),
    "breast cancer": partial(shipped, datasets.load_breast_cancer, scale=True),
    "breast cancer, raw": partial(shipped, datasets.load_breast_cancer),
    "iris": partial(shipped, datasets.load_iris),
    "wine, raw": partial(shipped, datasets.load_wine),
    "digits": partial(shipped, datasets.load_digits),
    "predict_proba of one row": partial(shipped, datasets.load_breast_cancer, task="one_row"),
    "a9a": partial(real, "a9a"),
    "w8a": partial(real, "w8a"),
    "celeba": partial(real, "celeba_adbench"),
    "cover": partial(real, "cover_adbench"),
    "dna": partial(real, "dna"),
    "letters": partial(real, "letterrecognition"),
    "shuttle": partial(real, "shuttle"),
    "spambase, raw": partial(real, "spambase"),
    "zip code digits": partial(real, "zip_train"),
    "20 newsgroups, comp.* or not": partial(real, "news20_tfidf_train", positive=COMPUTERS),
    "20 newsgroups, comp.* or not, L1": partial(
        real, "news20_tfidf_train", positive=COMPUTERS, l1_ratio=1.0
    ),
    "20 newsgroups, 20 classes": partial(real, "news20_tfidf_train"),
}
