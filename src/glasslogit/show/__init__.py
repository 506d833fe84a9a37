"""Pictures. matplotlib is imported when the first one is drawn, not before."""

from glasslogit.show.boundary import plot_decision_boundary
from glasslogit.show.classes import plot_calibration_by_class, plot_roc_by_class
from glasslogit.show.diagnosis import plot_calibration, plot_influence
from glasslogit.show.plots import plot_coefficients, plot_data, plot_sigmoid
from glasslogit.show.scores import plot_confusion, plot_precision_recall, plot_roc, plot_thresholds
from glasslogit.show.training import plot_loss

__all__ = [
    "plot_calibration",
    "plot_calibration_by_class",
    "plot_coefficients",
    "plot_confusion",
    "plot_data",
    "plot_decision_boundary",
    "plot_influence",
    "plot_loss",
    "plot_precision_recall",
    "plot_roc",
    "plot_roc_by_class",
    "plot_sigmoid",
    "plot_thresholds",
]
