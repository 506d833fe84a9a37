"""One fit, judged: is there an optimum, how is it reached, and how near is it."""

from glasslogit.optimum.bounds import class_axes, root_in_theta, with_shift_curvature
from glasslogit.optimum.certificate import VERIFY, Certificate, unproved
from glasslogit.optimum.digits import too_large
from glasslogit.optimum.path import Limits, PathProblem, Point, fit_path, on_rows, path_problem
from glasslogit.optimum.proofs import in_focus, quadratic_at, tightest_certificate
from glasslogit.optimum.refits import Refit, refits
from glasslogit.optimum.stability import stable_rate
from glasslogit.optimum.start import column_moments, null_theta
from glasslogit.optimum.train import Fit, Settings, holding, make_penalty, train
from glasslogit.optimum.unfitted import before_fit

__all__ = [
    "VERIFY",
    "Certificate",
    "Fit",
    "Limits",
    "PathProblem",
    "Point",
    "Refit",
    "Settings",
    "before_fit",
    "class_axes",
    "column_moments",
    "fit_path",
    "holding",
    "in_focus",
    "make_penalty",
    "null_theta",
    "on_rows",
    "path_problem",
    "quadratic_at",
    "refits",
    "root_in_theta",
    "stable_rate",
    "tightest_certificate",
    "too_large",
    "train",
    "unproved",
    "with_shift_curvature",
]
