"""Whether an optimum exists: separated classes and columns that depend on each other."""

from glasslogit.optimum.separation.alone import column_ranges
from glasslogit.optimum.separation.dependence import (
    RELATIONS_TOLD,
    Dependence,
    EveryRow,
    Relation,
    dependence_of,
    told_relations,
)
from glasslogit.optimum.separation.inequalities import SignedMargins
from glasslogit.optimum.separation.overlap import ENOUGH_ROWS
from glasslogit.optimum.separation.report import Separation, Verdict, with_intercept
from glasslogit.optimum.separation.verdict import free_columns, judge, judge_alone

__all__ = [
    "ENOUGH_ROWS",
    "RELATIONS_TOLD",
    "Dependence",
    "EveryRow",
    "Relation",
    "Separation",
    "SignedMargins",
    "Verdict",
    "column_ranges",
    "dependence_of",
    "free_columns",
    "judge",
    "judge_alone",
    "told_relations",
    "with_intercept",
]
