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
    from glasslogit.findings import Finding
    from glasslogit.model.base_rate import with_base_rate
    from glasslogit.model.estimator import LogisticRegression
    from glasslogit.model.selection.cross_validation import LogisticRegressionCV
    from glasslogit.model.selection.path import RegularisationPath, regularisation_path
    from glasslogit.optimum.separation.dependence import Dependence
    from glasslogit.optimum.separation.report import Separation
    from glasslogit.tables.inspect import inspect_data
    from glasslogit.trust.compare import Comparison, compare
    from glasslogit.trust.diagnose import diagnose
    from glasslogit.trust.explain import explain
    from glasslogit.trust.find import find_dependence, find_separation
    from glasslogit.trust.firth.firth import Firth, firth
    from glasslogit.trust.inference.bootstrap import Bootstrap, bootstrap
    from glasslogit.trust.inference.effects import MarginalEffects, marginal_effects
    from glasslogit.trust.inference.hypotheses import (
        hypothesis_test,
        likelihood_ratio_test,
        term_tests,
        wald_test,
    )
    from glasslogit.trust.inference.intervals import ProbabilityIntervals, probability_intervals
    from glasslogit.trust.inference.summarize import summarize
    from glasslogit.trust.inference.summary import Summary
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
    "Bootstrap": "trust.inference.bootstrap",
    "Comparison": "trust.compare",
    "Dependence": "optimum.separation.dependence",
    "Finding": "findings",
    "Firth": "trust.firth.firth",
    "LogisticRegression": "model.estimator",
    "LogisticRegressionCV": "model.selection.cross_validation",
    "MarginalEffects": "trust.inference.effects",
    "ProbabilityIntervals": "trust.inference.intervals",
    "RegularisationPath": "model.selection.path",
    "Separation": "optimum.separation.report",
    "Summary": "trust.inference.summary",
    "bootstrap": "trust.inference.bootstrap",
    "compare": "trust.compare",
    "diagnose": "trust.diagnose",
    "explain": "trust.explain",
    "find_dependence": "trust.find",
    "find_separation": "trust.find",
    "firth": "trust.firth.firth",
    "hypothesis_test": "trust.inference.hypotheses",
    "inspect_data": "tables.inspect",
    "likelihood_ratio_test": "trust.inference.hypotheses",
    "marginal_effects": "trust.inference.effects",
    "probability_intervals": "trust.inference.intervals",
    "regularisation_path": "model.selection.path",
    "summarize": "trust.inference.summarize",
    "term_tests": "trust.inference.hypotheses",
    "verify": "trust.verify",
    "wald_test": "trust.inference.hypotheses",
    "with_base_rate": "model.base_rate",
}


def __getattr__(name: str) -> object:
    """Load a public name when it is first asked for (PEP 562)."""
    if name in HOMES:
        return getattr(import_module(f"glasslogit.{HOMES[name]}"), name)
    if name == "textbook":
        return import_module("glasslogit.textbook")
    raise AttributeError(f"module 'glasslogit' has no attribute {name!r}")
