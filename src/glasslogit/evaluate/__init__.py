"""How good a model is: metrics, exact curves from scores, and rows held back to measure on."""

from glasslogit.evaluate.calibration import CalibrationCurve, calibration_curve
from glasslogit.evaluate.costs import ThresholdCosts, threshold_costs
from glasslogit.evaluate.counts import ScoreCounts, count_by_threshold
from glasslogit.evaluate.curves import (
    PrecisionRecallCurve,
    RocCurve,
    ThresholdCurve,
    area_under_roc,
    average_precision,
    best_f1_threshold,
    precision_recall_curve,
    roc_auc,
    roc_curve,
    threshold_curve,
)
from glasslogit.evaluate.metrics import accuracy, as_labels, brier_score, confusion_matrix, log_loss
from glasslogit.evaluate.placements import Placements, placements
from glasslogit.evaluate.scoring import SCORES, check_scoring, score
from glasslogit.evaluate.split import share_folds, split_rows, stratified_folds, train_test_split

__all__ = [
    "SCORES",
    "CalibrationCurve",
    "Placements",
    "PrecisionRecallCurve",
    "RocCurve",
    "ScoreCounts",
    "ThresholdCosts",
    "ThresholdCurve",
    "accuracy",
    "area_under_roc",
    "as_labels",
    "average_precision",
    "best_f1_threshold",
    "brier_score",
    "calibration_curve",
    "check_scoring",
    "confusion_matrix",
    "count_by_threshold",
    "log_loss",
    "placements",
    "precision_recall_curve",
    "roc_auc",
    "roc_curve",
    "score",
    "share_folds",
    "split_rows",
    "stratified_folds",
    "threshold_costs",
    "threshold_curve",
    "train_test_split",
]
