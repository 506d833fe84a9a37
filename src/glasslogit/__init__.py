"""glasslogit: logistic regression you can see through.

>>> from glasslogit import LogisticRegression
>>> LogisticRegression().fit([[1], [2], [3], [4]], [0, 0, 1, 1]).predict([[1.5], [3.5]]).tolist()
[0, 1]

`glasslogit.textbook` is the whole method in one short file: the first thing to read.
The public names are loaded when they are first used, so that the import itself is quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glasslogit import textbook
    from glasslogit.base_rate import with_base_rate
    from glasslogit.comparison import Comparison, compare
    from glasslogit.cross_validation import LogisticRegressionCV
    from glasslogit.estimator import LogisticRegression
    from glasslogit.path import RegularisationPath, regularisation_path
    from glasslogit.tables.findings import inspect_data
    from glasslogit.trust.dependence import Dependence
    from glasslogit.trust.find import find_dependence, find_separation
    from glasslogit.trust.findings import Finding
    from glasslogit.trust.firth import Firth, firth
    from glasslogit.trust.report import Separation

__all__ = [
    "Comparison",
    "Dependence",
    "Finding",
    "Firth",
    "LogisticRegression",
    "LogisticRegressionCV",
    "RegularisationPath",
    "Separation",
    "__version__",
    "compare",
    "find_dependence",
    "find_separation",
    "firth",
    "inspect_data",
    "regularisation_path",
    "textbook",
    "with_base_rate",
]

__version__ = "0.1.0"

HOMES = {
    "Comparison": "comparison",
    "Dependence": "trust.dependence",
    "Finding": "trust.findings",
    "Firth": "trust.firth",
    "LogisticRegression": "estimator",
    "LogisticRegressionCV": "cross_validation",
    "RegularisationPath": "path",
    "Separation": "trust.report",
    "compare": "comparison",
    "find_dependence": "trust.find",
    "find_separation": "trust.find",
    "firth": "trust.firth",
    "inspect_data": "tables.findings",
    "regularisation_path": "path",
    "with_base_rate": "base_rate",
}


def __getattr__(name: str) -> object:
    """Load a public name when it is first asked for (PEP 562)."""
    if name in HOMES:
        return getattr(import_module(f"glasslogit.{HOMES[name]}"), name)
    if name == "textbook":
        return import_module("glasslogit.textbook")
    raise AttributeError(f"module 'glasslogit' has no attribute {name!r}")
