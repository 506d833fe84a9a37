"""LogisticRegression: parameters, rows, training and predictions."""

from glasslogit.model.base_rate import SHARES_OFF, shift_of, with_base_rate
from glasslogit.model.by_name import columns_by_name, features_by_name, rows_by_name
from glasslogit.model.data import Data, DataSettings, read_arrays, read_batches
from glasslogit.model.design import (
    Design,
    array_attributes,
    call_of,
    encoder_attributes,
    factors_by_column,
    in_memory,
    make_design,
    split_target,
)
from glasslogit.model.estimator import LogisticRegression
from glasslogit.model.fitted import (
    FittedObjective,
    coefficient_names,
    fitted_objective,
    fitted_objectives,
    theta_of,
)
from glasslogit.model.fitted_check import check_fitted
from glasslogit.model.parameters import check_settings
from glasslogit.model.pipelines import at_end, is_pipeline, model_at_end, rows_at_end
from glasslogit.model.prediction import (
    Predictor,
    check_offset_given,
    check_threshold,
    decide_places,
    dense,
    positive_place,
    read_features,
    read_to_predict,
    reported_theta,
)
from glasslogit.model.problem import (
    encoder_of,
    is_sgd,
    multi_class_of,
    penalises_intercept,
    refuse_with_batches,
    strengths,
    target_of,
    weights_meant,
)
from glasslogit.model.row_predictions import RowPredictions, predict_rows, predict_rows_beside
from glasslogit.model.steps import Lines, Steps, other_columns, steps_before
from glasslogit.model.submodels import loss_of
from glasslogit.model.threshold import (
    RULES,
    deciding_threshold,
    threshold_rule,
    with_threshold,
)
from glasslogit.model.unknown_rows import unknown_rows

__all__ = [
    "RULES",
    "SHARES_OFF",
    "Data",
    "DataSettings",
    "Design",
    "FittedObjective",
    "Lines",
    "LogisticRegression",
    "Predictor",
    "RowPredictions",
    "Steps",
    "array_attributes",
    "at_end",
    "call_of",
    "check_fitted",
    "check_offset_given",
    "check_settings",
    "check_threshold",
    "coefficient_names",
    "columns_by_name",
    "decide_places",
    "deciding_threshold",
    "dense",
    "encoder_attributes",
    "encoder_of",
    "factors_by_column",
    "features_by_name",
    "fitted_objective",
    "fitted_objectives",
    "in_memory",
    "is_pipeline",
    "is_sgd",
    "loss_of",
    "make_design",
    "model_at_end",
    "multi_class_of",
    "other_columns",
    "penalises_intercept",
    "positive_place",
    "predict_rows",
    "predict_rows_beside",
    "read_arrays",
    "read_batches",
    "read_features",
    "read_to_predict",
    "refuse_with_batches",
    "reported_theta",
    "rows_at_end",
    "rows_by_name",
    "shift_of",
    "split_target",
    "steps_before",
    "strengths",
    "target_of",
    "theta_of",
    "threshold_rule",
    "unknown_rows",
    "weights_meant",
    "with_base_rate",
    "with_threshold",
]
