"""A setting that is not given has one value, whichever function is asked, and it is a promise."""

import inspect

import numpy as np
import pytest

import glasslogit
from glasslogit import evaluate, solvers, tables

DEFAULTS = {
    "C": 1.0,
    "base_rate": None,
    "batch_size": None,
    "class_weight": None,
    "collinear": "minimum_norm",
    "covariance": "auto",
    "cv": None,
    "decay": 0.0,
    "decimal": None,
    "degree": 2,
    "dual": False,
    "epochs": 1000,
    "every": False,
    "fit_intercept": True,
    "forcing": 0.3,
    "groups": None,
    "history": "values",
    "include_bias": False,
    "interaction_only": False,
    "intercept_scaling": 1,
    "keep_weights": False,
    "l1_ratio": 0.0,
    "learning_rate": 0.01,
    "least_value": -np.inf,
    "level": 0.95,
    "max_iter": 100,
    "max_steps": 100,
    "max_time": None,
    "memory": 20,
    "missing": "error",
    "momentum": 0.0,
    "more": 1000,
    "multi_class": "multinomial",
    "patience": None,
    "per_coefficient": 20,
    "per_column": 20,
    "rare": 0,
    "refit": True,
    "resamples": 1000,
    "rest": 1.0,
    "rule": "best",
    "scoring": "neg_log_loss",
    "seed": 0,
    "share": 0.05,
    "silence": (),
    "solver": "auto",
    "standardise": True,
    "test": "likelihood_ratio",
    "test_size": 0.25,
    "tol": 1e-6,
    "top": 10,
    "unit": "days",
    "unseen": "error",
    "validation_fraction": 0.0,
    "value": 0.0,
    "verbose": 0,
    "warm_start": False,
    "weights": "frequency",
    "with_mean": True,
    "with_std": True,
}
# Where a name means something else, or a search needs less: (who, name).
OTHERS = {
    ("LogisticRegressionCV", "tol"): 1e-4,
    ("regularisation_path", "tol"): 1e-4,
    ("regularisation_path", "l1_ratio"): 1.0,
    ("LogisticRegressionCV", "Cs"): 10,
    ("regularisation_path", "Cs"): 100,
    ("regularisation_path", "span"): 1e-3,
    ("Rules", "max_time"): np.inf,
    ("firth", "max_iter"): 200,
    ("firth", "intervals"): True,
    ("firth", "intercept"): "firth",
    ("summarize", "intervals"): "wald",
    ("marginal_effects", "at"): "overall",
    ("explain", "covariance"): None,
    ("diagnose", "groups"): 10,
    ("calibration_curve", "groups"): 10,
    ("probability_intervals", "level"): None,  # that of the summary
    ("predict_rows", "unseen"): None,  # that of the model
    ("SampledNewton", "memory"): 10,
    ("GradientDescent", "standardise"): False,
    ("Date", "standardise"): False,
    ("Number", "standardise"): False,
    ("TableEncoder", "standardise"): False,
    ("TableEncoder", "intercept"): True,
    ("Category", "reference"): "",  # the most frequent level
    ("CategoryColumn", "missing"): "drop",
    ("NumberColumn", "missing"): "drop",
    ("NumberFormat", "unit"): "",
}
ROOMS = (evaluate, solvers, tables, glasslogit)
NAMED = {name: getattr(room, name) for room in ROOMS for name in room.__all__}


def is_asked(thing: object) -> bool:
    """Tell whether settings are given to it: it is a function or a class, and no error."""
    return callable(thing) and not (isinstance(thing, type) and issubclass(thing, BaseException))


ASKED = {name: thing for name, thing in NAMED.items() if is_asked(thing)}


def defaults_of(asked: object) -> dict[str, object]:
    """Give the parameters that need not be given, with what they are then."""
    try:
        given = inspect.signature(asked).parameters.values()
    except ValueError:  # a name of types
        return {}
    return {each.name: each.default for each in given if each.default is not each.empty}


@pytest.mark.parametrize("name", sorted(ASKED))
def test_a_setting_has_one_default_wherever_it_is(name: str) -> None:
    for setting, default in defaults_of(ASKED[name]).items():
        if setting in DEFAULTS or (name, setting) in OTHERS:
            wanted = OTHERS.get((name, setting), DEFAULTS.get(setting))
            assert default == wanted, setting
            assert type(default) is type(wanted), setting


def test_no_default_is_told_of_what_is_not_there() -> None:
    known = {(name, setting) for name in ASKED for setting in defaults_of(ASKED[name])}
    assert sorted(OTHERS.keys() - known) == []
    assert sorted(DEFAULTS.keys() - {setting for _, setting in known}) == []
