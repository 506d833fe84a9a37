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
    from glasslogit.trust.bootstrap import Bootstrap, bootstrap
    from glasslogit.trust.dependence import Dependence
    from glasslogit.trust.diagnostics import diagnose
    from glasslogit.trust.effects import MarginalEffects, marginal_effects
    from glasslogit.trust.explain import explain
    from glasslogit.trust.find import find_dependence, find_separation
    from glasslogit.trust.findings import Finding
    from glasslogit.trust.firth import Firth, firth
    from glasslogit.trust.hypotheses import (
        hypothesis_test,
        likelihood_ratio_test,
        term_tests,
        wald_test,
    )
    from glasslogit.trust.inference import summarize
    from glasslogit.trust.intervals import ProbabilityIntervals, probability_intervals
    from glasslogit.trust.report import Separation
    from glasslogit.trust.summary import Summary
    from glasslogit.trust.verify import verify

__all__ = [
    "Bootstrap",
    "Comparison",
    "Dependence",
    "Finding",
    "Firth",
    "LogisticRegression",
    "LogisticRegressionCV",
    "MarginalEffects",
    "ProbabilityIntervals",
    "RegularisationPath",
    "Separation",
    "Summary",
    "__version__",
    "bootstrap",
    "compare",
    "diagnose",
    "explain",
    "find_dependence",
    "find_separation",
    "firth",
    "hypothesis_test",
    "inspect_data",
    "likelihood_ratio_test",
    "marginal_effects",
    "probability_intervals",
    "regularisation_path",
    "summarize",
    "term_tests",
    "textbook",
    "verify",
    "wald_test",
    "with_base_rate",
]

__version__ = "0.1.0"

HOMES = {
    "Bootstrap": "trust.bootstrap",
    "Comparison": "comparison",
    "Dependence": "trust.dependence",
    "Finding": "trust.findings",
    "Firth": "trust.firth",
    "LogisticRegression": "estimator",
    "LogisticRegressionCV": "cross_validation",
    "MarginalEffects": "trust.effects",
    "ProbabilityIntervals": "trust.intervals",
    "RegularisationPath": "path",
    "Separation": "trust.report",
    "Summary": "trust.summary",
    "bootstrap": "trust.bootstrap",
    "compare": "comparison",
    "diagnose": "trust.diagnostics",
    "explain": "trust.explain",
    "find_dependence": "trust.find",
    "find_separation": "trust.find",
    "firth": "trust.firth",
    "hypothesis_test": "trust.hypotheses",
    "inspect_data": "tables.findings",
    "likelihood_ratio_test": "trust.hypotheses",
    "marginal_effects": "trust.effects",
    "probability_intervals": "trust.intervals",
    "regularisation_path": "path",
    "summarize": "trust.inference",
    "term_tests": "trust.hypotheses",
    "verify": "trust.verify",
    "wald_test": "trust.hypotheses",
    "with_base_rate": "base_rate",
}


def __getattr__(name: str) -> object:
    """Load a public name when it is first asked for (PEP 562)."""
    if name in HOMES:
        return getattr(import_module(f"glasslogit.{HOMES[name]}"), name)
    if name == "textbook":
        return import_module("glasslogit.textbook")
    raise AttributeError(f"module 'glasslogit' has no attribute {name!r}")
