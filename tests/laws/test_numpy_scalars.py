"""A scalar of NumPy's means what Python's of the same value means, in every parameter there is.

A parameter of everything public whose default is a truth, a number or text is given that default
(or another value, in OTHERS) as each scalar of NumPy's that holds it; the result must have the
same digits. `CALLS` says how each is called; nothing public may be missing from it.
"""

import inspect
import json
import warnings
from dataclasses import is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

import glasslogit
from glasslogit import (
    LogisticRegression,
    LogisticRegressionCV,
    errors,
    evaluate,
    show,
    solvers,
    tables,
)
from glasslogit.export import save_model

mpl.use("agg")
RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3))
Y = (X[:, 0] + RNG.normal(size=60) > 0).astype(int)
P = 1 / (1 + np.exp(-X[:, 0]))
PAIRS = np.column_stack([1 - P, P])
TABLE = pd.DataFrame({"a": X[:, 0], "b": np.where(X[:, 1] > 0, "u", "v")})
DAYS = pd.DataFrame({"day": pd.to_datetime("2026-01-31") + pd.to_timedelta(np.arange(60), "D")})
MODEL = LogisticRegression(C=np.inf).fit(X, Y)
RIDGE = LogisticRegression(C=0.1).fit(X, Y)
SUMMARY = glasslogit.summarize(MODEL, X, Y)
DIAGNOSIS = glasslogit.diagnose(MODEL, X, Y)
FILE = Path(__file__).parents[2] / "examples" / "new_people.csv"


def learnt(model: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(model).items() if name.endswith("_")}


def solved_by(kind: type) -> Any:
    def call(**settings: Any) -> dict[str, Any]:
        few = {"epochs": 3, "decay": 0.5} if kind is solvers.GradientDescent else {}
        solver = kind(**{**few, **settings})
        return learnt(LogisticRegression(solver=solver, max_iter=3).fit(X, Y))

    return call


def encoded(name: str, policy: type, table: pd.DataFrame = TABLE) -> Any:
    return lambda **s: tables.TableEncoder({name: policy(**s)}).fit_transform(table)


SOLVERS = ("LBFGS", "GradientDescent", "KroneckerNewton", "Newton", "NewtonCG", "OrthantNewton",
           "ProximalNewton", "SampledNewton")  # fmt: skip
CALLS: dict[str, Any] = {
    "LogisticRegression": lambda **s: learnt(LogisticRegression(**s).fit(X, Y)),
    "LogisticRegressionCV": lambda **s: learnt(
        LogisticRegressionCV(**{"Cs": 3, "cv": 3, **s}).fit(X, Y)
    ),
    "bootstrap": lambda **s: glasslogit.bootstrap(MODEL, X, Y, **{"resamples": 20, **s}),
    "diagnose": lambda **s: glasslogit.diagnose(MODEL, X, Y, **s),
    "evaluate_against": lambda **s: glasslogit.evaluate_against(MODEL, RIDGE, X, Y, **s),
    "explain": lambda **s: glasslogit.explain(MODEL, X[0], X, Y, **s),
    "find_dependence": lambda **s: glasslogit.find_dependence(np.c_[X, X[:, 0]], **s),
    "find_separation": lambda **s: glasslogit.find_separation(X, X[:, 0] > 0, **s),
    "firth": lambda **s: glasslogit.firth(X, Y, **s),
    "hypothesis_test": lambda **s: glasslogit.hypothesis_test(MODEL, X, Y, hypothesis="x0", **s),
    "marginal_effects": lambda **s: glasslogit.marginal_effects(MODEL, X, Y, **s),
    "regularisation_path": lambda **s: glasslogit.regularisation_path(X, Y, **{"Cs": 3, **s}),
    "summarize": lambda **s: glasslogit.summarize(MODEL, X, Y, **s),
    "term_tests": lambda **s: glasslogit.term_tests(MODEL, X, Y, **s),
    "wald_test": lambda **s: glasslogit.wald_test(SUMMARY, "x0", **s),
    "calibration_curve": lambda **s: evaluate.calibration_curve(Y, P, **s),
    "read_table": lambda **s: tables.read_table(FILE, **s).names,
    "split_rows": lambda **s: evaluate.split_rows(60, **s),
    "train_test_split": lambda **s: evaluate.train_test_split(X, **s),
    "PolynomialFeatures": lambda **s: tables.PolynomialFeatures(**s).fit_transform(X),
    "StandardScaler": lambda **s: tables.StandardScaler(**s).fit_transform(X),
    "TableEncoder": lambda **s: tables.TableEncoder(**s).fit_transform(TABLE),
    "Category": encoded("b", tables.Category),
    "Number": encoded("a", tables.Number),
    "Date": encoded("day", tables.Date, DAYS),
    "plot_calibration": lambda **s: vars(show.plot_calibration(Y, P, **s)),
    "plot_confusion": lambda **s: vars(show.plot_confusion(Y, P > 0.5, **s)),
    "plot_thresholds": lambda **s: vars(show.plot_thresholds(Y, P, **s)),
    "plot_coefficients": lambda **s: vars(show.plot_coefficients(MODEL, **s)),
    "plot_influence": lambda **s: vars(show.plot_influence(DIAGNOSIS, **s)),
    "plot_loss": lambda **s: vars(show.plot_loss(MODEL, **s)),
    "plot_precision_recall": lambda **s: vars(show.plot_precision_recall(Y, P, **s)),
    "plot_roc_by_class": lambda **s: vars(show.plot_roc_by_class(Y, PAIRS, **s)),
    "plot_calibration_by_class": lambda **s: vars(show.plot_calibration_by_class(Y, PAIRS, **s)),
    "plot_roc": lambda **s: vars(show.plot_roc(Y, P, **s)),
    "plot_sigmoid": lambda **s: vars(show.plot_sigmoid(**s)),
    "plot_decision_boundary": lambda **s: vars(
        show.plot_decision_boundary(LogisticRegression().fit(X[:, :2], Y), X[:, :2], Y, **s)
    ),
    **{name: solved_by(getattr(solvers, name)) for name in SOLVERS},
}
OTHERS: dict[str, dict[str, Any]] = {
    "LogisticRegression": {"C": 0.1, "l1_ratio": 0.3, "max_time": 99.0, "n_jobs": 2,
                           "base_rate": 0.2, "random_state": 1},
    "LogisticRegressionCV": {"Cs": 4, "cv": 4, "max_time": 99.0, "n_jobs": 1},
    "regularisation_path": {"max_time": 99.0, "n_jobs": 1},
    "GradientDescent": {"batch_size": 7, "patience": 2, "learning_rate": 0.1, "decay": 0.3,
                        "momentum": 0.3, "validation_fraction": 0.3},
    "bootstrap": {"resamples": 20},
    "split_rows": {"test_size": 7},
    "wald_test": {"value": 0.3},
}  # fmt: skip
ROOMS = (glasslogit, evaluate, show, tables)
SCALARS = (bool, int, float, str)
# Results, and what other rooms use of a room.
NOT_FOR_USERS = {
    "NumberColumn",
    "NumberFormat",
    "CategoryColumn",
    "Table",
    "Text",
    "Times",
    "read_file",
    "Separation",
    "MarginalEffects",
    "as_labels",
    "FaultKind",
    "find_in_columns",
    "gaps_in",
    "judge_numbers",
    "label_text_of",
    "quote",
    "read_numbers",
    "refuse_missing",
    "shorten",
}


def scalars(function: Any) -> dict[str, Any]:
    """List the parameters whose default is a truth, a number or text."""
    given = inspect.signature(function).parameters.values()
    return {p.name: p.default for p in given if isinstance(p.default, SCALARS)}


def public(name: str) -> Any:
    return next(getattr(room, name) for room in (*ROOMS, solvers) if name in room.__all__)


def spellings(value: Any) -> list[Any]:
    if isinstance(value, bool):
        return [np.bool_(value)]
    if isinstance(value, int):
        return [kind(value) for kind in (np.int64, np.int8 if value < 128 else np.int16, np.uint32)]
    if isinstance(value, float):
        return [np.float64(value), np.float32(value), np.float16(value)]
    return [np.str_(value)]


def told(found: Any) -> Any:  # noqa: PLR0911
    """Give all that a result holds as Python's own, but for seconds and for what draws."""
    if isinstance(found, dict):
        return {str(k): told(v) for k, v in found.items() if "seconds" not in str(k)}
    if isinstance(found, list | tuple):
        return [told(each) for each in found]
    if isinstance(found, np.ndarray):
        return [found.dtype.str, [told(each) for each in found.ravel()]]
    if isinstance(found, np.generic | bool | int | float | str):
        return repr(found.item() if isinstance(found, np.generic) else found)
    if isinstance(found, Enum):
        return found.name
    if hasattr(found, "get_params"):
        return told(learnt(found))
    ours = type(found).__module__.startswith("glasslogit")
    return told(vars(found)) if ours and (is_dataclass(found) or vars(found)) else None


CASES = [
    (name, parameter, scalar)
    for name in CALLS
    for parameter, value in (scalars(public(name)) | OTHERS.get(name, {})).items()
    for scalar in spellings(value)
    if parameter != "tol" or scalar.dtype != np.float16  # where 1e-6 is 9.5e-7
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", list(CALLS))
def test_scalars_of_numpy_are_as_good_as_pythons(name: str) -> None:
    wanted: dict[Any, Any] = {}
    for _, parameter, scalar in (case for case in CASES if case[0] == name):
        key = parameter, repr(scalar.item())
        if key not in wanted:
            wanted[key] = told(CALLS[name](**{parameter: scalar.item()}))
        assert told(CALLS[name](**{parameter: scalar})) == wanted[key], f"{parameter}={scalar!r}"


def test_nothing_public_is_left_out() -> None:
    names = {name for room in ROOMS for name in room.__all__ if callable(getattr(room, name))}
    missing = {name for name in names - set(CALLS) if scalars(public(name))}
    assert missing <= NOT_FOR_USERS


def test_weights_of_classes_and_rates_by_label() -> None:
    weights, rates = {0: 2.0, 1: 0.5}, {0: 0.75, 1: 0.25}
    plain = LogisticRegression(class_weight=weights, base_rate=rates).fit(X, Y)
    for kind in (np.float32, np.float16):
        model = LogisticRegression(
            class_weight={np.int64(k): kind(v) for k, v in weights.items()},
            base_rate={np.int8(k): kind(v) for k, v in rates.items()},
        ).fit(X, Y)
        np.testing.assert_array_equal(model.coef_, plain.coef_)
        np.testing.assert_array_equal(model.intercept_, plain.intercept_)
    whole = LogisticRegression(class_weight={0: np.int64(2), 1: np.bool_(True)}).fit(X, Y)
    same = LogisticRegression(class_weight={0: 2, 1: 1}).fit(X, Y)
    np.testing.assert_array_equal(whole.coef_, same.coef_)


def test_settings_that_are_scalars_of_numpy_are_saved_as_pythons(tmp_path) -> None:
    files = []
    for real, whole, truth in ((float, int, bool), (np.float32, np.int64, np.bool_)):
        encoder = tables.TableEncoder(rare=whole(2), standardise=truth(1))
        model = LogisticRegression(C=real(0.5), l1_ratio=real(0.25), fit_intercept=truth(1),
                                   encoder=encoder, max_iter=whole(50)).fit(TABLE, Y)  # fmt: skip
        save_model(model, tmp_path / "model.json")
        files.append(json.loads((tmp_path / "model.json").read_text()))
    timed = {"created", "training", "hash"}
    one, other = ({k: v for k, v in file.items() if k not in timed} for file in files)
    assert one == other


@pytest.mark.parametrize("name", ["C", "tol", "max_iter", "fit_intercept", "verbose"])
def test_an_array_is_refused_by_name_as_in_scikit_learn(name: str) -> None:
    for value in (np.array(1), np.array([1, 1])):
        with (
            warnings.catch_warnings(),
            pytest.raises(errors.InputError, match=f"^{name} is of type ndarray; give"),
        ):
            LogisticRegression(**{name: value}).fit(X, Y)
