"""One fit, judged: is there an optimum, how is it reached, and how near is it."""

from glasslogit.optimum.bounds import class_axes, root_in_theta, with_shift_curvature
from glasslogit.optimum.certificate import VERIFY, Certificate, unproved
from glasslogit.optimum.path import Limits, PathProblem, Point, fit_path, path_problem
from glasslogit.optimum.proofs import (
    NEAR_OPTIMUM,
    ProofData,
    best_proof,
    lightest_row,
    prove_by_optimum,
    standardised,
)
from glasslogit.optimum.train import Fit, Settings, column_moments, make_penalty, null_theta, train

__all__ = [
    "NEAR_OPTIMUM",
    "VERIFY",
    "Certificate",
    "Fit",
    "Limits",
    "PathProblem",
    "Point",
    "ProofData",
    "Settings",
    "best_proof",
    "class_axes",
    "column_moments",
    "fit_path",
    "lightest_row",
    "make_penalty",
    "null_theta",
    "path_problem",
    "prove_by_optimum",
    "root_in_theta",
    "standardised",
    "train",
    "unproved",
    "with_shift_curvature",
]
