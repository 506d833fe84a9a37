"""The parameters of `LogisticRegression`, checked."""

from collections.abc import Mapping
from math import inf
from numbers import Integral
from typing import Any

import numpy as np

from glasslogit.errors import InputError, check_choice, check_number, is_one_of, refused
from glasslogit.findings import check_silence

RATIOS = {"l1": 1.0, "l2": 0.0}  # what scikit-learn's older parameter says of l1_ratio
PENALTIES = (*RATIOS, "elasticnet", None)
NOT_GIVEN = "deprecated"  # what scikit-learn has for a penalty that nobody set


def check_settings(model: Any) -> None:
    """Check the parameters of a `LogisticRegression`; name the one that is wrong."""
    check_number(model.C, "C", "greater than 0, or np.inf", above=0, finite=False)
    if model.l1_ratio is not None:
        check_number(model.l1_ratio, "l1_ratio", "between 0 and 1", least=0, most=1)
    check_penalty(model.penalty, model.C, model.l1_ratio)
    check_number(model.tol, "tol", "0 or greater", least=0)
    check_number(model.max_iter, "max_iter", "0 or greater", least=0, whole=True)
    check_seconds(model.max_time)
    if model.n_jobs is not None and not (isinstance(model.n_jobs, Integral) and model.n_jobs < 0):
        check_number(model.n_jobs, "n_jobs", "at least 1, or -1", least=1, whole=True)
    check_number(model.verbose, "verbose", "0 or greater", least=0, boolean=True)
    given = model.callbacks
    if not isinstance(given, (list, tuple)) or not all(map(callable, given)):
        raise InputError(f"{refused('callbacks', given)}; give a list of functions")
    check_choice(model.fit_intercept, "fit_intercept", (True, False))
    check_choice(model.dual, "dual", (True, False))
    if not is_one_of(model.intercept_scaling, (1,)):
        raise InputError(
            f"{refused('intercept_scaling', model.intercept_scaling)}; give 1, "
            "since the intercept is never penalised and has no scale"
        )
    check_random_state(model.random_state)
    check_choice(model.warm_start, "warm_start", (True, False))
    check_choice(model.multi_class, "multi_class", ("multinomial", "ovr"))
    check_choice(model.history, "history", ("values", "weights"))
    check_choice(model.collinear, "collinear", ("minimum_norm", "drop", "error"))
    check_choice(model.weights, "weights", ("frequency", "sampling", "precision"))
    check_choice(model.findings, "findings", ("auto", "full"))
    check_silence(model.silence)
    if isinstance(model.base_rate, str):
        check_choice(model.base_rate, "base_rate", ("training",))
    if isinstance(model.class_weight, str):
        check_choice(model.class_weight, "class_weight", ("balanced",))
    elif not isinstance(model.class_weight, Mapping | None):
        kind = type(model.class_weight).__name__
        raise InputError(f"class_weight is of type {kind}; give 'balanced' or a dict by label")


def check_penalty(penalty: object, C: float, l1_ratio: float | None) -> None:
    """Refuse a `penalty`, scikit-learn's older parameter, that contradicts C or l1_ratio.

    >>> check_penalty("l2", 1.0, 0.5)
    Traceback (most recent call last):
    glasslogit.errors.InputError: penalty='l2' contradicts l1_ratio=0.5; give l1_ratio alone
    """
    if not (isinstance(penalty, str) and penalty == NOT_GIVEN):
        check_choice(penalty, "penalty", PENALTIES)
    if penalty == "elasticnet" and l1_ratio is None:
        raise InputError("penalty='elasticnet' needs l1_ratio; give a number between 0 and 1")
    if penalty is None and C not in (1.0, inf):
        raise InputError(f"penalty=None contradicts C={C!r}; give one of them, C=np.inf for none")
    if l1_ratio and l1_ratio != RATIOS.get(str(penalty), l1_ratio):
        raise InputError(
            f"penalty={penalty!r} contradicts l1_ratio={l1_ratio!r}; give l1_ratio alone"
        )


def check_random_state(random_state: object) -> None:
    """Refuse what scikit-learn would not take for a `random_state` either.

    >>> check_random_state("a")
    Traceback (most recent call last):
    glasslogit.errors.InputError: random_state='a' is not valid; give a whole number from 0 to \
4294967295, or None
    """
    generators = np.random.RandomState, np.random.Generator
    if random_state is None or isinstance(random_state, generators):
        return
    most, name = 2**32 - 1, "random_state"
    check_number(random_state, name, f"from 0 to {most}, or None", least=0, most=most, whole=True)


def check_seconds(max_time: object) -> None:
    """Refuse a `max_time` that is neither None nor some seconds."""
    if max_time is not None:
        check_number(max_time, "max_time", "greater than 0 seconds", above=0)
