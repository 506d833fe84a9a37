"""One fit, judged: is there an optimum, how is it reached, and how near is it."""

from glasslogit.optimum.bounds import class_axes, directions, hold_shift
from glasslogit.optimum.certificate import VERIFY, Certificate, unproved
from glasslogit.optimum.path import Limits, PathProblem, Point, path_problem, walk
from glasslogit.optimum.proofs import (
    NEAR_OPTIMUM,
    Beside,
    best_proof,
    by_optimum,
    lightest_row,
    standardised,
)
from glasslogit.optimum.train import Fit, Settings, column_moments, make_penalty, null_theta, train

__all__ = [
    "NEAR_OPTIMUM",
    "VERIFY",
    "Beside",
    "Certificate",
    "Fit",
    "Limits",
    "PathProblem",
    "Point",
    "Settings",
    "best_proof",
    "by_optimum",
    "class_axes",
    "column_moments",
    "directions",
    "hold_shift",
    "lightest_row",
    "make_penalty",
    "null_theta",
    "path_problem",
    "standardised",
    "train",
    "unproved",
    "walk",
]
