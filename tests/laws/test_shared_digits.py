"""Columns that agree in their large part, or are far out in the same rows, keep their differences.

The law: where a fit says that it converged, it is within 1e-9 of the optimum in 50 digits. Only
columns that every row says are dependent, up to the last bits of its numbers, are taken for that;
what float64 cannot resolve ends as stalled, and names a column.
"""

import warnings

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer

from exact import MOST_WITH_L1, excess, fit, theta_of
from glasslogit import LogisticRegression, firth, regularisation_path
from glasslogit.core.unsquared import CommonValue
from glasslogit.errors import CollinearityWarning, ConvergenceWarning, InputError
from glasslogit.solvers import Outcome
from problems import Rows, make_source

NEAR = 1e-9
KINDS = {  # how far apart, as a share, or how far out
    "far from 0": [1e-3, 1e-6, 1e-8, 1e-9],
    "about 0": [1e-4, 1e-7, 1e-9],
    "near duplicates": [1e-5, 1e-7, 1e-9],
    "rows of both classes": [1e6, 999999999.0, 1e12, 1e15],
    "rows of one class": [1e6, 1e9, 1e12],
}
BEYOND_FLOAT64 = 1e15  # rows as far out leave the others no digits, and a path may not converge
FEWEST_WITH_L1 = {  # points of a path of three; of the other cases none has to converge
    ("far from 0", 1e-3): 3,
    ("about 0", 1e-4): 3,
    ("near duplicates", 1e-5): 3,
    ("near duplicates", 1e-7): 2,
    ("near duplicates", 1e-9): 2,
}
CASES = [(kind, size) for kind, sizes in KINDS.items() for size in sizes]


def rows_of(kind: str, size: float, classes: int = 2, seed: int = 3):
    rng = np.random.default_rng(seed)
    E = rng.normal(size=(60, 4))
    Z = np.column_stack([0 * E[:, 0], E[:, 0] - E[:, 1] / 2, E[:, 1] - E[:, 0]])[:, :classes]
    y = (Z + rng.gumbel(size=Z.shape)).argmax(axis=1)
    if kind.startswith("rows"):
        X = E[:, :3].copy()
        X[:3] = size
        y[:3] = [1, 0, 1] if kind == "rows of both classes" else 1
        return X, y
    spread, middle = {"far from 0": (1e15, 1.7e18), "about 0": (1e6, 0.0)}.get(kind, (1.0, 0.0))
    x = middle + spread * E[:, 0]
    return np.column_stack([x, x + size * spread * E[:, 1], E[:, 3]]), y


@pytest.mark.parametrize(("kind", "size"), CASES)
@pytest.mark.parametrize("C", [0.01, 1.0, 100.0, np.inf])
@pytest.mark.parametrize("solver", ["newton", "lbfgs", "newton_cg", "sampled_newton"])
def test_a_fit_that_converged_is_right(kind: str, size: float, C: float, solver: str) -> None:
    X, y = rows_of(kind, size)
    model = fit(X, y, C=C, solver=solver)
    assert not model.outcome_.converged or excess(X, y, theta_of(model), C) < NEAR


@pytest.mark.parametrize(("kind", "size"), CASES[::2])
@pytest.mark.parametrize("storage", ["sparse", "batches"])
@pytest.mark.parametrize("classes", [2, 3])
def test_so_is_one_of_other_storage_and_more_classes(kind, size, storage, classes) -> None:
    X, y = rows_of(kind, size, classes)
    model = fit(X, y, storage, C=1.0)
    assert not model.outcome_.converged or excess(X, y, theta_of(model), 1.0) < NEAR


@pytest.mark.parametrize(
    ("kind", "size"),
    [
        ("far from 0", 1e-6),
        ("about 0", 1e-7),
        ("near duplicates", 1e-9),
        ("rows of both classes", 999999999.0),
        ("rows of one class", 1e12),
    ],
)
@pytest.mark.parametrize("solver", ["auto", "lbfgs", "newton_cg"])
def test_what_float64_can_resolve_is_found(kind: str, size: float, solver: str) -> None:
    X, y = rows_of(kind, size)
    model = fit(X, y, C=1.0, solver=solver)
    assert model.outcome_.converged
    assert excess(X, y, theta_of(model), 1.0) < NEAR


@pytest.mark.parametrize(("kind", "size"), CASES)
@pytest.mark.parametrize("solver", ["proximal_newton", "orthant_newton"])
def test_an_l1_penalty_does_not_say_what_it_cannot_see(kind, size, solver) -> None:
    X, y = rows_of(kind, size)
    model = fit(X, y, C=1.0, l1_ratio=1.0, solver=solver, max_iter=MOST_WITH_L1)
    assert not model.outcome_.converged or excess(X, y, theta_of(model), 1.0, l1_ratio=1.0) < NEAR


@pytest.mark.parametrize(("kind", "size"), CASES)
@pytest.mark.parametrize("l1_ratio", [0.0, 1.0])
def test_nor_does_a_path(kind: str, size: float, l1_ratio: float) -> None:
    least = FEWEST_WITH_L1.get((kind, size), 0) if l1_ratio else 3 * (size < BEYOND_FLOAT64)
    most = 40 if l1_ratio else 100  # steps of a point: with L1 none that converges takes more
    check_path(*rows_of(kind, size), [0.01, 1.0, 100.0], l1_ratio, least, max_iter=most)


@pytest.mark.parametrize("size", [1e6, 1e7, 2147483647.0, 1e11, 1e15])
@pytest.mark.parametrize("l1_ratio", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("Cs", [[1.0], [100.0], [0.1, 1.0, 10.0]])
@pytest.mark.parametrize("classes", [2, 3])
def test_wherever_in_it_a_row_far_out_is_met(size, l1_ratio, Cs, classes) -> None:
    rows = rows_of("rows of one class", size, classes)
    check_path(*rows, Cs, l1_ratio, len(Cs) * (size < BEYOND_FLOAT64), tol=1e-6)


def check_path(X, y, Cs: list[float], l1_ratio: float, least: int, **settings) -> None:
    """Expect `least` points that converged, and no point that says so and has not."""
    path = regularisation_path(X, y, Cs=Cs, l1_ratio=l1_ratio, **settings)
    assert path.converged.sum() >= least
    for k in np.flatnonzero(path.converged):
        w = np.atleast_2d(path.coefs[k]).T
        b, C = np.ravel(path.intercepts[k]), float(path.Cs[k])
        assert excess(X, y, (w, b, np.zeros(len(w))), C, l1_ratio=l1_ratio) < NEAR


def test_what_it_cannot_is_said_by_name() -> None:
    X, y = rows_of("rows of both classes", 1e15)
    with pytest.warns(ConvergenceWarning, match=r"column '0' holds 1e\+15, .* clip it"):
        model = LogisticRegression().fit(X, y)
    assert model.outcome_ is Outcome.STALLED


@pytest.mark.parametrize("kind", ["sum", "copy", "other unit", "far sum", "levels"])
@pytest.mark.parametrize("solver", ["newton", "lbfgs", "sampled_newton"])
def test_columns_that_depend_on_each_other_are_still_taken_so(kind: str, solver: str) -> None:
    """The numbers of a sum are rounded, and so are those in another unit: these are no digits."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(120, 3))
    y = (X[:, 0] + rng.normal(size=120) > 0).astype(int)
    levels = np.eye(3)[rng.integers(0, 3, 120)]
    more = {
        "sum": X @ [0.1, 0.7, 1.3],
        "copy": X[:, 1],
        "other unit": X[:, 1] / 2.2046,
        "far sum": 1e6 + X @ [1.0, 2.0, 3.0],
        "levels": levels,
    }[kind]
    Z = np.column_stack([X, more])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", CollinearityWarning)
        model = LogisticRegression(C=np.inf, solver=solver).fit(Z, y)
        alone = LogisticRegression(C=np.inf).fit(Z[:, : Z.shape[1] - 1], y)
    assert model.outcome_.converged
    assert model.trace_.value[-1] == pytest.approx(alone.trace_.value[-1], rel=1e-10)
    assert np.linalg.norm(model.coef_) < 1.01 * np.linalg.norm(alone.coef_)


def test_what_is_nearly_so_is_not_called_one_optimum_of_many() -> None:
    X, y = rows_of("rows of both classes", 999999999.0)
    with pytest.warns(CollinearityWarning, match="nearly") as told:
        LogisticRegression(C=np.inf).fit(X, y)
    assert not any("smallest norm" in str(each.message) for each in told)
    Z = np.random.default_rng(0).normal(size=(60, 2))
    with pytest.warns(CollinearityWarning, match="smallest norm"):
        LogisticRegression(C=np.inf).fit(Z[:, [0, 0, 1]] * [1.0, 3.0, 1.0], y)


@pytest.mark.parametrize("source", ["dense", "fortran", "strided", "csr_matrix", "batches"])
def test_a_sum_of_columns_is_constant_to_the_last_bits(source: str) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 2)) * 10.0 ** rng.integers(-9, 9, (400, 1))
    X = np.column_stack([x, x @ [0.1, 0.3], x @ [0.1, 0.3] * (1 + 1e-12)])
    rows = Rows(X, np.zeros(400), np.ones(400), np.zeros((400, 1)))
    v = np.array([[0.1, 0.3, -1.0, 0.0], [0.1, 0.3, 0.0, -1.0]]).T
    low, high = make_source(source, rows).sum(CommonValue(v, 4 * 2.0**-53 * np.abs(v), np.zeros(4)))
    assert (low <= high).tolist() == [True, False]


def test_ordinary_fits_ask_no_more_of_the_rows() -> None:
    """As many passes as before a fit could look for what is hidden; rounding moves hundreds."""
    X, y = load_breast_cancer(return_X_y=True)
    solvers = "newton", "sampled_newton", "newton_cg", "lbfgs"
    passes = [fit(X, y, solver=s).passes_ for s in solvers]
    assert passes[:2] == [11, 14]
    assert passes[2:] == pytest.approx([161, 211], rel=0.05)


@pytest.mark.parametrize(("kind", "size"), [("about 0", 1e-7), ("near duplicates", 1e-9)])
def test_firth_names_columns_that_it_cannot_tell_apart(kind: str, size: float) -> None:
    with pytest.raises(InputError, match="`x1` ≈ `x0`; leave out one"):
        firth(*rows_of(kind, size))


@pytest.mark.parametrize("solver", ["auto", "orthant_newton", "proximal_newton"])
@pytest.mark.parametrize("classes", [2, 3])
def test_a_penalty_that_holds_every_coefficient_leaves_no_direction_to_look_at(solver, classes):
    X, y = np.random.default_rng(0).normal(size=(60, 3)), np.arange(60) % classes
    model = LogisticRegression(l1_ratio=1.0, C=1e-4, fit_intercept=False, solver=solver)
    assert model.fit(X, y).outcome_.converged
    assert not model.coef_.any()


@pytest.mark.parametrize("size", [2147483647.0, 1e14, 1e15])
@pytest.mark.parametrize("solver", ["auto", "lbfgs", "newton_cg", "sampled_newton"])
@pytest.mark.parametrize("C", [1.0, np.inf])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rows_far_out_in_several_columns_do_not_hide_the_others(size, solver, C, seed) -> None:
    """A step as small as rounding satisfies the far rows; the others say where the optimum is."""
    rng = np.random.default_rng(seed)
    x, z = rng.normal(50, 10, 200).round(), rng.normal(size=200)
    y = (rng.random(200) < 1 / (1 + np.exp((50 - x) / 10 - z))).astype(int)
    x[:15] = z[:15] = size
    y[:15] = seed % 2
    X = np.column_stack([x, z])
    model = fit(X, y, C=C, solver=solver)
    assert not model.outcome_.converged or excess(X, y, theta_of(model), C) < NEAR


def test_rows_far_out_by_different_numbers_are_let_go_one_after_the_other() -> None:
    """Three directions that far rows hold, each of another size; noise outweighs the last step."""
    rng = np.random.default_rng(1)
    for trial in range(12):
        X = rng.normal(size=(30, 3)) * [1e-2, 1.0, 1.0] + [50.0, 0.0, 0.0]
        y = (X[:, 1] + X[:, 2] + rng.logistic(size=30) > 0).astype(int)
        k = int(rng.integers(1, 5))
        X[:k] = np.round(10.0 ** rng.uniform(13, 15.5, 3) * rng.choice([-1, 1], 3))
        y[:k] = trial % 2
        for solver in ("auto", "newton_cg"):
            model = fit(X, y, C=np.inf, solver=solver)
            assert not model.outcome_.converged or excess(X, y, theta_of(model), np.inf) < NEAR
