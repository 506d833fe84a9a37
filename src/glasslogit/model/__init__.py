"""LogisticRegression: parameters, rows, training and predictions."""

from glasslogit.model.base_rate import shift_of, with_base_rate
from glasslogit.model.data import Data, loss_of, read_arrays, read_batches
from glasslogit.model.design import Design, known_by, read_features
from glasslogit.model.estimator import LogisticRegression
from glasslogit.model.fitted import Fitted, beside, coefficient_names, each_beside, theta_of
from glasslogit.model.parameters import check_settings, is_sgd, read_penalty
from glasslogit.model.prediction import Predictor, dense, reported_theta

__all__ = [
    "Data",
    "Design",
    "Fitted",
    "LogisticRegression",
    "Predictor",
    "beside",
    "check_settings",
    "coefficient_names",
    "dense",
    "each_beside",
    "is_sgd",
    "known_by",
    "loss_of",
    "read_arrays",
    "read_batches",
    "read_features",
    "read_penalty",
    "reported_theta",
    "shift_of",
    "theta_of",
    "with_base_rate",
]
