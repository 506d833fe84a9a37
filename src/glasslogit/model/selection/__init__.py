"""Many strengths of a penalty: paths, folds, scores and the choice among them."""

from glasslogit.model.selection.cross_validation import LogisticRegressionCV
from glasslogit.model.selection.folds import FOLDS
from glasslogit.model.selection.path import RegularisationPath, regularisation_path

__all__ = [
    "FOLDS",
    "LogisticRegressionCV",
    "RegularisationPath",
    "regularisation_path",
]
