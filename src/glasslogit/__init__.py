"""glasslogit: logistic regression you can see through.

>>> from glasslogit import LogisticRegression
>>> LogisticRegression().fit([[1], [2], [3], [4]], [0, 0, 1, 1]).predict([[1.5], [3.5]]).tolist()
[0, 1]

`glasslogit.textbook` is the whole method in one short file: the first thing to read.
The public names are loaded when they are first used, so that the import itself is quick.
"""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING as _TYPE_CHECKING

if _TYPE_CHECKING:
    from glasslogit import errors, evaluate, export, show, solvers, tables, textbook
    from glasslogit.findings import Finding
    from glasslogit.model import (
        LogisticRegression,
        RowPredictions,
        predict_rows,
        with_base_rate,
        with_threshold,
    )
    from glasslogit.model.selection import (
        LogisticRegressionCV,
        RegularisationPath,
        regularisation_path,
    )
    from glasslogit.optimum.separation import Dependence, Separation
    from glasslogit.tables import inspect_data
    from glasslogit.trust import (
        Comparison,
        compare,
        diagnose,
        explain,
        find_dependence,
        find_separation,
        verify,
    )
    from glasslogit.trust.firth import Firth, firth
    from glasslogit.trust.inference import (
        Bootstrap,
        MarginalEffects,
        PairedEvaluation,
        ProbabilityIntervals,
        Summary,
        bootstrap,
        evaluate_against,
        hypothesis_test,
        likelihood_ratio_test,
        marginal_effects,
        probability_intervals,
        summarize,
        term_tests,
        wald_test,
    )

__all__ = [
    "Bootstrap",
    "Comparison",
    "Dependence",
    "Finding",
    "Firth",
    "LogisticRegression",
    "LogisticRegressionCV",
    "MarginalEffects",
    "PairedEvaluation",
    "ProbabilityIntervals",
    "RegularisationPath",
    "RowPredictions",
    "Separation",
    "Summary",
    "__version__",
    "bootstrap",
    "compare",
    "diagnose",
    "errors",
    "evaluate",
    "evaluate_against",
    "explain",
    "export",
    "find_dependence",
    "find_separation",
    "firth",
    "hypothesis_test",
    "inspect_data",
    "likelihood_ratio_test",
    "marginal_effects",
    "predict_rows",
    "probability_intervals",
    "regularisation_path",
    "show",
    "solvers",
    "summarize",
    "tables",
    "term_tests",
    "textbook",
    "verify",
    "wald_test",
    "with_base_rate",
    "with_threshold",
]

__version__ = "0.1.0"

_HOMES = {
    "Bootstrap": "trust.inference",
    "Comparison": "trust",
    "Dependence": "optimum.separation",
    "Finding": "findings",
    "Firth": "trust.firth",
    "LogisticRegression": "model",
    "LogisticRegressionCV": "model.selection",
    "MarginalEffects": "trust.inference",
    "PairedEvaluation": "trust.inference",
    "ProbabilityIntervals": "trust.inference",
    "RegularisationPath": "model.selection",
    "RowPredictions": "model",
    "Separation": "optimum.separation",
    "Summary": "trust.inference",
    "bootstrap": "trust.inference",
    "compare": "trust",
    "diagnose": "trust",
    "evaluate_against": "trust.inference",
    "explain": "trust",
    "find_dependence": "trust",
    "find_separation": "trust",
    "firth": "trust.firth",
    "hypothesis_test": "trust.inference",
    "inspect_data": "tables",
    "likelihood_ratio_test": "trust.inference",
    "marginal_effects": "trust.inference",
    "predict_rows": "model",
    "probability_intervals": "trust.inference",
    "regularisation_path": "model.selection",
    "summarize": "trust.inference",
    "term_tests": "trust.inference",
    "verify": "trust",
    "wald_test": "trust.inference",
    "with_base_rate": "model",
    "with_threshold": "model",
}


def __getattr__(name: str) -> object:
    """Load a public name, or a part of the library, when it is first asked for (PEP 562)."""
    if name in _HOMES:
        return getattr(_import_module(f"glasslogit.{_HOMES[name]}"), name)
    if name in __all__:
        return _import_module(f"glasslogit.{name}")
    raise AttributeError(f"module 'glasslogit' has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return __all__
