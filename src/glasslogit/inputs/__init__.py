"""What the user gave becomes arrays, checked once, or one clear sentence."""

from glasslogit.inputs.arrays import (
    LARGEST_EXACT,
    LARGEST_SQUARABLE,
    Features,
    check_features,
    check_known,
    column_names,
    refuse_rounding,
    text_names,
    to_array,
)
from glasslogit.inputs.classes import (
    ClassWeight,
    class_factors,
    class_totals,
    count_observations,
    number_all,
    number_labels,
    place_labels,
    weighed,
)
from glasslogit.inputs.frames import NamedRows, is_frame, is_plain, is_query
from glasslogit.inputs.labels import (
    EVENT,
    Target,
    are_shares,
    check_labels,
    find_classes,
    missing_labels,
    one_by_one,
    read_target,
    refuse_indicators,
)
from glasslogit.inputs.parameters import Params
from glasslogit.inputs.weights import check_factors, check_offset, check_weight

__all__ = [
    "EVENT",
    "LARGEST_EXACT",
    "LARGEST_SQUARABLE",
    "ClassWeight",
    "Features",
    "NamedRows",
    "Params",
    "Target",
    "are_shares",
    "check_factors",
    "check_features",
    "check_known",
    "check_labels",
    "check_offset",
    "check_weight",
    "class_factors",
    "class_totals",
    "column_names",
    "count_observations",
    "find_classes",
    "is_frame",
    "is_plain",
    "is_query",
    "missing_labels",
    "number_all",
    "number_labels",
    "one_by_one",
    "place_labels",
    "read_target",
    "refuse_indicators",
    "refuse_rounding",
    "text_names",
    "to_array",
    "weighed",
]
