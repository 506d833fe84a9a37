"""Separation: no miss and no false alarm, by construction and on published data."""

import warnings

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from scipy.optimize import linprog

from glasslogit import LogisticRegression, find_dependence, find_separation
from glasslogit.core import Block
from glasslogit.errors import InputError, SeparationWarning
from glasslogit.optimum.separation.linear_programmes import UndecidedError
from glasslogit.pages import wrapped
from glasslogit.solvers.convergence import Outcome
from published_cases import CASES, DATA
from separation_cases import OVERLAP, SEPARATED, Made, generate

JUDGED = [case for case in CASES if case["reference"].get("separation") not in {None, "unknown"}]


def table_of(case: dict) -> tuple[pd.DataFrame, np.ndarray, np.ndarray | None]:
    """Read a published case; counts of successes and failures become weights."""
    data = pd.read_csv(DATA / case["data"])
    space = {name: data[name].to_numpy() for name in data} | {"np": np}
    terms = [(name, code) for name, code in case["terms"] if name != "(Intercept)"]
    X = pd.DataFrame({name: eval(code, space) * np.ones(len(data)) for name, code in terms})  # noqa: S307
    response = case["response"]
    if response["type"] == "binary":
        return X, np.asarray(eval(response["expr"], space)).astype(int), None  # noqa: S307
    weight = np.append(data[response["success"]], data[response["failure"]])
    return pd.concat([X, X]), np.repeat([1, 0], len(data)), weight


def fitted(made: Made, **settings) -> LogisticRegression:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return LogisticRegression(C=np.inf, **settings).fit(made.X, made.y, made.weight)


def check(seed: int) -> None:
    made = generate(seed)
    found = fitted(made).separation_
    assert (found.kind, found.proof in {"balance", "programme"}) == (made.kind, True), seed
    involved = set(np.flatnonzero(found.direction[:-1].any(axis=1)).tolist())
    assert bool(involved) == bool(found), seed
    assert not made.columns or involved <= set(made.columns), seed


def test_data_sets_of_every_kind_of_which_half_are_separated():
    """112 of them. The makers take turns, so that any run of seeds holds every kind."""
    assert len(OVERLAP) == 4
    assert len(SEPARATED) == 7
    for seed in range(0, 1000, 9):
        check(seed)


@pytest.mark.parametrize("case", JUDGED, ids=lambda case: case["id"])
def test_published_separation(case):
    X, y, weight = table_of(case)
    found = find_separation(X, y, weight)
    assert found.kind == case["reference"]["separation"]
    published = case["reference"].get("directions", {})
    infinite = {name: sign for name, sign in published.items() if sign != "finite"}
    assert {name: f"{value:+}".title() for name, value in found.coefficients.items()} == infinite
    assert set(found.columns) <= set(infinite)


def quasi(seed: int = 0) -> Made:
    return SEPARATED[2](np.random.default_rng(seed))


@pytest.mark.parametrize("solver", ["newton", "lbfgs", "newton_cg", "sampled_newton"])
def test_the_solver_does_not_matter(solver):
    assert fitted(quasi(), solver=solver).separation_.kind == "quasi-complete"
    assert fitted(OVERLAP[0](np.random.default_rng(3)), solver=solver).separation_.kind == "none"


def test_the_storage_does_not_matter():
    made = quasi()
    rows = [slice(0, 20), slice(20, None)]
    sparse = fitted(made._replace(X=sp.csr_array(made.X))).separation_
    batches = LogisticRegression(C=np.inf)
    with pytest.warns(SeparationWarning):
        batches.fit(lambda: ((made.X[part], made.y[part]) for part in rows))
    dense = fitted(made).separation_
    for other in (sparse, batches.separation_):
        assert (other.kind, other.columns, other.rows) == (dense.kind, dense.columns, dense.rows)


@pytest.mark.parametrize("smallest", [1e-2, 1e-4, 1e-6])
def test_a_separating_column_with_entries_of_very_different_size(smallest):
    rng = np.random.default_rng(0)
    x, level = rng.normal(size=300), np.zeros(300)
    y = (x + rng.logistic(size=300) > 0).astype(int)
    level[:20], y[:20] = np.geomspace(smallest, 1.0, 20), 1
    with pytest.warns(SeparationWarning):
        model = LogisticRegression(C=np.inf).fit(np.column_stack([x, level]), y)
    assert model.outcome_ is Outcome.SEPARATED
    assert model.separation_.columns == ("x1",)
    y[0] = 0
    model = LogisticRegression(C=np.inf, max_iter=300).fit(np.column_stack([x, level]), y)
    assert model.separation_.kind == "none"


def test_the_text_names_column_rows_table_and_remedies():
    X = pd.DataFrame({"age": [1, 2, 3, 4, 5, 6, 3, 4.0], "smoker": [0, 0, 0, 0, 0, 0, 1, 1.0]})
    y = np.array(["well", "ill"] * 3 + ["ill", "ill"])
    with pytest.warns(SeparationWarning, match="by: −`smoker`"):
        model = LogisticRegression(C=np.inf).fit(X, y)
    found = model.separation_
    assert found.rows == (6, 7)
    assert found.coefficients == {"smoker": -np.inf}
    assert found.table.counts.tolist() == [[3, 3], [2, 0]]
    for part in ("smoker = 1", "class well", "firth(X, y)", "LogisticRegression(C=1.0)", "rows"):
        assert part in str(found)
    assert str(find_separation(X[["age"]][:6], y[:6])).startswith("the classes overlap")


def test_only_columns_without_a_penalty_are_judged():
    made = quasi()
    d = made.X.shape[1]
    held, free = np.r_[np.zeros(d - 1), 1.0], np.r_[np.ones(d - 1), 0.0]
    settings = {"max_iter": 300}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = LogisticRegression(C=1.0, penalty_factors=held, **settings).fit(made.X, made.y)
        assert model.separation_.kind == "none"
        model = LogisticRegression(C=1.0, penalty_factors=free, **settings).fit(made.X, made.y)
        assert model.separation_.kind == "quasi-complete"
    assert LogisticRegression().fit(made.X, made.y).separation_ is None


def test_without_scipy_the_text_says_that_nothing_was_proved(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "scipy.optimize", None)
    monkeypatch.setitem(__import__("sys").modules, "scipy.sparse", None)
    found = fitted(quasi()).separation_
    assert (found.kind, found.proof) == ("quasi-complete", "inferred")
    assert "pip install 'glasslogit[stats]'" in str(found)
    complete = fitted(SEPARATED[0](np.random.default_rng(1))).separation_
    assert (complete.kind, complete.proof) == ("complete", "fit")
    assert fitted(OVERLAP[0](np.random.default_rng(3))).separation_.proof == "balance"


def test_many_rows_cost_a_few_passes():
    """One pass proves overlap; a level that is missed by the rows looked at first is found."""
    rng = np.random.default_rng(0)
    Z = np.column_stack([rng.normal(size=(150_000, 3)), np.zeros(150_000)])
    y = (Z[:, 0] + rng.logistic(size=150_000) > 0).astype(int)
    Z[77_003:77_007, 3], y[77_003:77_007] = 1.0, 1
    found = find_separation(Z, y)
    assert (found.kind, found.columns, found.rows) == (
        "quasi-complete",
        ("x3",),
        (77003, 77004, 77005, 77006),
    )
    y[77_003] = 0
    model = LogisticRegression(C=np.inf).fit(Z, y)
    assert model.separation_.kind == "none"
    plain = LogisticRegression(C=np.inf).fit(Z[:, :3], y)
    assert plain.passes_ <= 7
    assert plain.separation_.proof == "balance"


def test_shares_of_events_count_for_both_classes():
    X, shares = np.repeat([[0.0], [1.0]], 10, axis=0), np.repeat([0.5, 1.0], 10)
    found = find_separation(X, shares, np.full(20, 4))
    assert (found.kind, found.coefficients) == ("quasi-complete", {"x0": np.inf})
    assert found.table.counts.tolist() == [[20, 20], [0, 40]]  # trials
    assert not find_separation(X, 0.9 * shares, np.full(20, 10))


def test_degenerate_rows_give_a_named_finding():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(6, 10))  # fewer rows than columns
    assert find_separation(x, [0, 1, 0, 1, 0, 1]).kind == "complete"
    one = np.zeros(40, int)
    one[7] = 1  # one event
    kinds = set()
    for _ in range(12):
        X = rng.normal(size=(40, 2))
        found = find_separation(X, one)
        assert found.kind == kind_of_one_event(X, 7)
        assert found.proof != "inferred"
        kinds.add(found.kind)
    assert kinds == {"none", "complete"}  # drawn at random, rows do not lie in one plane


def kind_of_one_event(X: np.ndarray, row: int) -> str:
    """One row is apart from the others exactly if it is no mean of them (SciPy's programmes)."""
    others = np.delete(X, row, axis=0)
    wanted = np.append(X[row], 1.0)
    mean = linprog(np.zeros(len(others)), A_eq=np.c_[others, np.ones(len(others))].T, b_eq=wanted)
    return "none" if mean.status == 0 else "complete"


@pytest.mark.parametrize("scale", [1e30, 1e100, 1e-30, 1e-140])
def test_the_scale_of_the_columns_does_not_matter(scale):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 2))
    noisy = (X[:, 0] + rng.logistic(size=60) > 0).astype(int)
    assert find_separation(X * scale, X[:, 0] > 0).columns == ("x0",)
    assert find_separation(X * scale, noisy).proof == "balance"


def test_labels_and_weights_beside_batches_are_refused_as_by_a_fit():
    batches = lambda: iter([(np.arange(4.0)[:, None], np.array([0, 0, 1, 1]))])  # noqa: E731
    for given in ({"y": [0, 1, 0, 1]}, {"sample_weight": np.ones(4)}):
        with pytest.raises(InputError, match="X is a function"):
            find_separation(batches, **given)


def test_columns_too_small_to_square_are_refused():
    X, y = np.random.default_rng(0).normal(size=(60, 2)) * [1.0, 1e-162], np.arange(60) % 2
    for ask in (find_dependence, lambda X: find_separation(X, y), lambda X: fitted_to(X, y)):
        with pytest.raises(InputError, match=r"column 1 holds .* too small to square"):
            ask(X)


def fitted_to(X, y) -> LogisticRegression:
    return LogisticRegression(C=np.inf).fit(X, y)


def test_what_rounding_hides_among_level_rows_does_not_undo_what_was_found():
    """Along x0 class 3 gets ahead; standardised, the level rows left rounding for a programme."""
    rows = (
        "mpm pmp poo nmp qqp pmp mpm mom onq nno mon pmp ooo mnp qpp mqp mpn "
        "mop pnp mnm onn pmp oqm noq pnq npo ppo opo poq mqp opo opp pmm omq"
    )
    X = np.array([["mnopq".index(value) - 2.0 for value in row] for row in rows.split()])
    y = np.array(list("0000300010000012010000010111221200"), int)
    for scale in (1.0, X.std(axis=0)):
        assert find_separation(X / scale, y).kind == "quasi-complete"


@pytest.mark.parametrize("gap", [1e-8, 1e-10, 1e-12, 1e-14])
def test_a_narrow_gap_is_told_alike_by_both(gap):
    x = np.array([[0.0], [1.0], [2.0], [2.0 + gap], [3.0], [4.0]])
    found = find_separation(x, [0, 0, 0, 1, 1, 1])
    assert found
    assert fitted(Made(x, np.repeat([0, 1], 3), None, "", ())).separation_.kind == found.kind


def test_a_programme_that_is_not_solved_leaves_it_undecided(monkeypatch):
    def unsolved(*_):
        raise UndecidedError("for the test")

    monkeypatch.setattr("glasslogit.optimum.separation.search.separating", unsolved)
    monkeypatch.setattr("glasslogit.optimum.separation.verdict.can_be_balanced", lambda *_: False)
    rng = np.random.default_rng(3)
    X, y, *_ = OVERLAP[0](rng)
    found = find_separation(X, y)
    assert (found.kind, bool(found)) == ("undecided", False)
    assert "the search was given up" in str(found)
    assert "scipy" not in str(found)


def test_along_the_direction_of_complete_separation_all_rows_are_ahead():
    found = find_separation([[0], [1], [2.0]], [0, 0, 1])
    assert (found.kind, found.ahead, found.rows) == ("complete", 3, (0, 1, 2))
    for seed in range(10):
        made = SEPARATED[0](np.random.default_rng(seed))
        found = fitted(made).separation_
        assert found.ahead == len(made.y)


@pytest.mark.parametrize("solver", ["auto", "newton", "lbfgs", "newton_cg", "orthant_newton"])
@pytest.mark.parametrize("intercept", [True, False])
def test_without_an_intercept_it_is_told_as_well(solver, intercept):
    """Rows that are separated through the origin are so with and without an intercept."""
    made = Made(np.array([[1.0], [2], [-1], [-2]]), np.array([1, 1, 0, 0]), None, "complete", (0,))
    found = fitted(made, fit_intercept=intercept, solver=solver).separation_
    assert (found.kind, found.columns) == ("complete", ("x0",))
    assert found.coefficients["x0"] == np.inf
    both = Made(np.column_stack([0 * made.X, made.X]), made.y, None, "complete", (1,))
    found = fitted(both, fit_intercept=intercept, solver=solver).separation_
    assert (found.coefficients["x1"], "x0" in found.coefficients) == (np.inf, False)
    named = find_separation(made.X, made.y, fit_intercept=intercept)
    assert (named.kind, named.columns) == ("complete", ("x0",))


@pytest.mark.parametrize("y", [[1, 1, 0, 0], [1, 1, 0, 2]])
def test_columns_of_zeros_separate_nothing(y):
    X = np.zeros((4, 2))
    assert find_separation(X, y, fit_intercept=False).kind == "none"
    assert fitted(Made(X, np.array(y), None, "none", ()), fit_intercept=False).coef_.any() == 0


def signs_against(X, y, names) -> dict[tuple[str, str], np.ndarray]:
    """Give the signs of the coefficients of each code against the code that is named first."""
    found = find_separation(X, np.array(names)[y])
    order = [found.classes.index(name) for name in names]
    first = names.index(found.classes[0])
    return {(k, first): np.sign(found.infinite[:, j]) for k, j in enumerate(order)}


def test_infinite_coefficients_do_not_depend_on_the_names_of_the_classes():
    """Renamed, the same classes have the same signs, and the opposite ones against each other.

    Each class comes first twice, and the others after it in an order and in the opposite one.
    """
    for seed in range(10):
        rng = np.random.default_rng(seed)
        K = int(rng.integers(3, 5))
        n = int(rng.integers(12, 60))
        X = rng.integers(0, 3, (n, int(rng.integers(1, 4)))).astype(float)
        X, y = np.column_stack([X, np.arange(n) < 3]), rng.integers(0, K, n)
        y[:3], y[3 : 3 + K] = y[0], np.arange(K)
        if not find_separation(X, y):
            continue
        known: dict = {}
        codes = list("ABCD"[:K])
        turns = [codes[k:] + codes[:k] for k in range(K)]
        for names in (*turns, *(turn[::-1] for turn in turns)):
            for pair, signs in signs_against(X, y, names).items():
                np.testing.assert_array_equal(known.setdefault(pair, signs), signs)
        for (k, m), signs in known.items():
            np.testing.assert_array_equal(signs, -known[m, k])


def test_an_indicator_of_one_class_is_against_all_others():
    g = np.repeat([0, 1], [40, 8])[:, None]
    y = np.append(np.tile(list("ABCD"), 10), ["A"] * 8)
    found = find_separation(g, y)
    assert found.coefficients == {"x0": dict.fromkeys("BCD", -np.inf)}
    assert "`x0` (B: -inf, C: -inf, D: -inf, against A)" in str(found)


def one_hot(rng, n: int, sizes: list[int]) -> np.ndarray:
    """Give indicators of all levels but the first of some categories, many of them rare."""
    codes = [np.minimum(rng.geometric(0.25, n) - 1, k - 1) for k in sizes]
    return np.hstack([np.eye(k)[code][:, 1:] for k, code in zip(sizes, codes, strict=True)])


@pytest.mark.parametrize("seed", range(6))
def test_columns_that_separate_alone_are_what_programmes_find(seed, monkeypatch):
    """Columns first and programmes for the rest, or programmes for all: the same verdict."""
    rng = np.random.default_rng(seed)
    X = one_hot(rng, 2500, [20, 15, 12])
    if seed % 2:
        X = np.column_stack([X, rng.normal(size=len(X))])
    y = (rng.random(len(X)) < 0.3).astype(int)
    rare = int(np.where(X[:, :44].any(axis=0), X[:, :44].sum(axis=0), np.inf).argmin())
    y[X[:, rare] == 1] = 0
    if seed == 5:
        y[X[:, 0] == 1] = 0  # a frequent level too
    made = Made(X, y, None, "", ())
    one = fitted(made).separation_
    monkeypatch.setattr("glasslogit.optimum.separation.verdict.JudgedFit.alone", None)
    other = fitted(made).separation_
    assert (one.kind, other.proof) == (other.kind, "programme")
    assert one.proof == "columns"
    assert one.coefficients == other.coefficients


def test_a_wide_table_is_judged_by_its_columns(monkeypatch):
    """5,000 levels: too many for programmes, and still proved for the levels of one class.

    They are never written out: where their numbers are is told from some rows and from the ends.
    """
    written, entries = [], Block.entries

    def kept(*given):
        found = entries(*given)
        written.append(found.size)
        return found

    monkeypatch.setattr(Block, "entries", kept)
    rng = np.random.default_rng(0)
    n, k = 10_000, 5_000
    code = np.append(np.arange(k), rng.integers(0, k, n - k))
    X = sp.csr_array((np.ones(n), (np.arange(n), code)), shape=(n, k))[:, 1:]
    y = rng.integers(0, 2, n)
    y[:2], code[:2] = [0, 1], 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = LogisticRegression(C=np.inf).fit(X, y).separation_
    assert (found.kind, found.proof) == ("quasi-complete", "columns")
    assert max(written) < 0.5 * n * k
    counts = np.array([np.bincount(code, y == c, k)[1:] > 0 for c in (0, 1)])
    alone = {
        f"x{j}": np.inf if counts[1, j] else -np.inf for j in np.flatnonzero(~counts.all(axis=0))
    }
    assert found.coefficients == alone


def test_programmes_that_would_take_too_long_leave_it_undecided(monkeypatch):
    monkeypatch.setattr("glasslogit.optimum.separation.search.MOST_WORK", 10.0)
    monkeypatch.setattr("glasslogit.optimum.separation.verdict.can_be_balanced", lambda *_: False)
    X, y, *_ = OVERLAP[0](np.random.default_rng(3))
    found = find_separation(X, y)
    assert (found.kind, "would take too long" in str(found)) == ("undecided", True)


def test_an_intercept_alone_separates_no_classes() -> None:
    table = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0], "y": list("aabb")})
    found = find_separation(table, "y", formula="1")
    assert found.kind == "none"
    assert not found


MOST_LINES = 10  # at 80 columns: one on what it means, four on what to do, five by what it is


@pytest.mark.parametrize("classes", [2, 3, 12])
@pytest.mark.parametrize("columns", [1, 4, 60])
def test_what_is_said_of_separated_classes_is_no_wall(classes, columns):
    """What it means comes first, what to do next, and lists are cut at a few of each."""
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(classes), 20)
    X = pd.DataFrame(rng.normal(size=(len(y), columns)) + y[:, None] * (columns > 1))
    X = X.rename(columns="measured_amount_{}".format)
    X["measured_amount_0"] = y * 2.5 + rng.random(len(y))
    for given in (X, X.assign(measured_amount_0=(y == 0) * 1.0)):
        found = find_separation(given, y)
        if not found:
            continue
        text = str(found)
        lines = [line for each in text.split("\n") for line in wrapped(each, 80)]
        table = 0 if found.table is None else 4
        assert len(lines) <= MOST_LINES + table
        assert lines[0].startswith("the classes are separated")
        assert lines[1] == "  what to do:"
        assert text.index("what to do") < text.index("by:")
