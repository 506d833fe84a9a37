"""What is measured: a problem, and the tasks that it can set a library.

A task says which function of a peer does it, what of that is clocked, and how good a result is.
That is computed here, without any of the libraries.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

OURS, GAP, TOO_LONG = "glasslogit", 1e-6, "too long"
SECONDS = (3.0, 20.0)  # one tolerance of a library, and all that did not suffice, may take 10 times
TIMES = 10.0  # the fastest fit, but no less than the one and no more than the other
FOLDS = 5
TRAINING = 10_000  # the rows on which a model is fitted that then predicts all of them


class Problem(NamedTuple):
    """Minimise C·Σ loss + l1_ratio·‖w‖₁ + (1 − l1_ratio)·½‖w‖², the intercept free.

    `y` holds class numbers. `task` is one of `TASKS`: "fit"; "path", one such fit for each of
    `Cs` on each of `FOLDS` training sets; "bootstrap", one for each of so many `resamples`;
    "one_row" and "all_rows", predictions; "road", from a CSV file, whose bytes are X (bytes, 1), to
    a measured model of the column `target`.
    """

    X: Any
    y: np.ndarray
    C: float = 1.0
    l1_ratio: float = 0.0
    task: str = "fit"
    Cs: Any = ()
    resamples: int = 0
    target: str = ""


def folds(n: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Give rows to train on and rows to test on: every fifth row is a test row."""
    rows = np.arange(n)
    return [(rows[rows % FOLDS != k], rows[rows % FOLDS == k]) for k in range(FOLDS)]


def resamples(problem: Problem) -> Iterator[np.ndarray]:
    """Draw how often each row is in each resample, (n,), as our `bootstrap` draws with its seed."""
    rng, n = np.random.default_rng(0), len(problem.y)
    for _ in range(problem.resamples):
        yield rng.multinomial(n, np.ones(n) / n)


def as_bytes(file: bytes) -> np.ndarray:
    """Lay a file out as an array (bytes, 1)."""
    return np.frombuffer(file, np.uint8)[:, None]


def few_rows(problem: Problem, each: int) -> Problem:
    """Take so many rows of each class, or of a file, and little of a path or a bootstrap."""
    if problem.task == "road":
        lines = problem.X.tobytes().splitlines(keepends=True)[: each + 1]
        return problem._replace(X=as_bytes(b"".join(lines)))
    classes = range(problem.y.max() + 1)
    rows = np.concatenate([np.flatnonzero(problem.y == k)[:each] for k in classes])
    rows.sort()
    short = {"Cs": problem.Cs[:3], "resamples": min(problem.resamples, 3)}
    return problem._replace(X=problem.X[rows], y=problem.y[rows], **short)


def objective(problem: Problem, coef: Any, intercept: Any, weight: Any = 1.0) -> float:
    """Σ weight·loss + (l1_ratio·‖w‖₁ + (1 − l1_ratio)·½‖w‖²) / C, by log-sum-exp."""
    w, ratio = np.reshape(coef, (-1, problem.X.shape[1])), problem.l1_ratio
    z = problem.X @ w.T + np.ravel(intercept)
    z = np.column_stack([np.zeros(len(z)), z]) if z.shape[1] == 1 else z
    top = z.max(axis=1)
    losses = top + np.log(np.exp(z - top[:, None]).sum(axis=1)) - z[np.arange(len(z)), problem.y]
    penalty = ratio * np.abs(w).sum() + (1 - ratio) * np.square(w).sum() / 2
    return float((weight * losses).sum() + penalty / problem.C)


def of_fit(problem: Problem, result: Any) -> list[float]:
    """Judge one fit."""
    return [objective(problem, *result[:2])]


def of_path(problem: Problem, result: Any) -> list[float]:
    """Judge the fit of each fold and C."""
    coefs, intercepts = result
    found = []
    for k, (rows, _) in enumerate(folds(len(problem.y))):
        part = problem._replace(X=problem.X[rows], y=problem.y[rows])
        for i, C in enumerate(problem.Cs):
            found.append(objective(part._replace(C=C), coefs[k][i], intercepts[k][i]))
    return found


def of_resamples(problem: Problem, result: Any) -> list[float]:
    """Judge the fit of each resample."""
    fits = zip(*result, resamples(problem), strict=True)
    return [objective(problem, w, b, weight) for w, b, weight in fits]


def of_probabilities(_: Problem, result: Any) -> list[float]:
    """Look whether they are probabilities; 1 is as good as it gets."""
    p = np.asarray(result)
    return [1.0 if p.size and p.min() >= 0 and p.max() <= 1 else np.inf]


def of_road(_: Problem, result: Any) -> list[float]:
    """Look whether the model predicts better than no model; 1 is as good as it gets."""
    return [1.0 if result["AUC"] > 0.5 else np.inf]


def as_asked(run: Callable[..., Any], problem: Problem, tol: Any) -> Callable[[], Any]:
    """Clock all that the peer does."""
    return lambda: run(problem, tol)


def predicting_one(fit: Callable[..., Any], problem: Problem, _: Any) -> Callable[[], Any]:
    """Clock the prediction of the first row."""
    predict, row = fit(few_rows(problem, TRAINING)), problem.X[:1].copy()
    return lambda: predict(row)


def predicting_all(fit: Callable[..., Any], problem: Problem, _: Any) -> Callable[[], Any]:
    """Clock the prediction of all rows."""
    predict = fit(few_rows(problem, TRAINING))
    return lambda: predict(problem.X)


class Task(NamedTuple):
    """The function that a peer needs; what of it is clocked; how the result is judged."""

    needs: str
    clocked: Callable[..., Callable[[], Any]]
    judge: Callable[[Problem, Any], list[float]]


TASKS = {
    "fit": Task("fit", as_asked, of_fit),
    "path": Task("path", as_asked, of_path),
    "bootstrap": Task("bootstrap", as_asked, of_resamples),
    "one_row": Task("predictor", predicting_one, of_probabilities),
    "all_rows": Task("predictor", predicting_all, of_probabilities),
    "road": Task("road", as_asked, of_road),
}


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
    texts = {name: str(found[name]) for name in ("task", "target")}
    return Problem(**found | plain | texts | {"resamples": int(found["resamples"])})
