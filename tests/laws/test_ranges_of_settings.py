"""A setting that is a number is taken up to the ends of its range, and refused by name beyond."""

import warnings
from typing import Any

import numpy as np
import pytest

import glasslogit
from glasslogit.errors import InputError
from laws.test_numpy_scalars import CALLS, MODEL, SUMMARY, X, Y

SHARE = "level", (1e-3, 0.999), (0, 0.0, 1, 1.0, -0.5, 1.5, np.nan, "0.5", True, None)
BETWEEN = "a number between 0 and 1"
TAKEN: list[tuple[str, str, tuple[Any, ...], tuple[Any, ...], str]] = [
    *((name, *SHARE, BETWEEN) for name in (
        "bootstrap", "calibration_curve", "diagnose", "explain", "firth", "marginal_effects",
        "summarize")),
    ("probability_intervals", *SHARE[:2], SHARE[2][:-1], BETWEEN),
    ("explain", "threshold", (1e-3, 0.999), (0, 1, -0.5, 1.5, np.nan, True), BETWEEN),
    ("bootstrap", "resamples", (2,), (1, 0, 2.5, True, np.inf), "a whole number at least 2"),
    ("bootstrap", "seed", (0,), (-1, 0.5), "a whole number 0 or greater"),
    ("diagnose", "top", (1,), (0, -1, 1.5), "a whole number 1 or greater"),
    ("diagnose", "groups", (3,), (2, 3.5), "a whole number 3 or greater"),
    ("calibration_curve", "groups", (2,), (1, 2.5), "a whole number 2 or greater"),
    ("firth", "max_iter", (1,), (0, 1.5, np.inf), "a whole number at least 1"),
    ("GradientDescent", "learning_rate", (0.01,), (0, -1, np.inf), "a number greater than 0"),
    ("GradientDescent", "epochs", (0,), (-1, 1.5), "a whole number 0 or greater"),
    ("GradientDescent", "momentum", (0, 0.99), (1, -0.01), "a number from 0 to below 1"),
    ("GradientDescent", "decay", (0,), (-0.01, np.inf), "a number 0 or greater"),
    ("GradientDescent", "validation_fraction", (0, 0.5), (1, -0.1), "a number from 0 to below 1"),
    ("GradientDescent", "batch_size", (1,), (0, 1.5), "a whole number 1 or greater"),
    ("GradientDescent", "patience", (1,), (0, 1.5), "a whole number 1 or greater"),
]  # fmt: skip
KNOWN = {
    **CALLS,
    "probability_intervals": lambda **s: glasslogit.probability_intervals(SUMMARY, X[:2], **s),
    "firth": lambda **s: glasslogit.firth(X[:, :1], Y, **{"intervals": False, **s}),
}


@pytest.mark.parametrize(("name", "setting", "inside", "outside", "wanted"), TAKEN)
def test_a_number_is_taken_within_its_range_only(name, setting, inside, outside, wanted) -> None:
    for value in inside:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            KNOWN[name](**{setting: value})
    for value in outside:
        with pytest.raises(InputError) as refused:
            KNOWN[name](**{setting: value})
        assert str(refused.value) == f"{setting}={value!r} is not valid; give {wanted}"


class Untouched:
    """Rows and labels that nobody may look at."""

    def __getattribute__(self, name: str) -> Any:
        raise AssertionError(f"{name} was asked for")


BEFORE: dict[str, Any] = {
    "bootstrap": lambda rows, **s: glasslogit.bootstrap(MODEL, rows, rows, **s),
    "calibration_curve": lambda rows, **s: glasslogit.evaluate.calibration_curve(rows, rows, **s),
    "diagnose": lambda rows, **s: glasslogit.diagnose(MODEL, rows, rows, **s),
    "evaluate_against": lambda rows, **s: glasslogit.evaluate_against(
        MODEL, MODEL, rows, rows, **s
    ),
    "explain": lambda rows, **s: glasslogit.explain(MODEL, X[0], rows, rows, **s),
    "firth": lambda rows, **s: glasslogit.firth(rows, rows, **s),
    "marginal_effects": lambda rows, **s: glasslogit.marginal_effects(MODEL, rows, rows, **s),
    "probability_intervals": lambda rows, **s: glasslogit.probability_intervals(SUMMARY, rows, **s),
    "summarize": lambda rows, **s: glasslogit.summarize(MODEL, rows, rows, **s),
}
WAITS = {("explain", "threshold")}  # what it may be depends on the model and the row
EARLY = [each for each in TAKEN if each[0] in BEFORE and each[:2] not in WAITS]


@pytest.mark.parametrize(
    ("name", "setting", "outside", "wanted"),
    [each[:2] + each[3:] for each in EARLY]
    + [("evaluate_against", "level", (0, 1, -0.5, 1.5, np.nan, True), BETWEEN)],
)
def test_a_setting_is_refused_before_the_rows_are_looked_at(name, setting, outside, wanted) -> None:
    for value in outside:
        with pytest.raises(InputError) as refused:
            BEFORE[name](Untouched(), **{setting: value})
        assert str(refused.value) == f"{setting}={value!r} is not valid; give {wanted}"
