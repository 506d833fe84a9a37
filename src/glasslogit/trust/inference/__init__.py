"""Standard errors, tests and intervals."""

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

__all__ = [
    "Bootstrap",
    "MarginalEffects",
    "ProbabilityIntervals",
    "Summary",
    "bootstrap",
    "hypothesis_test",
    "likelihood_ratio_test",
    "marginal_effects",
    "probability_intervals",
    "summarize",
    "term_tests",
    "wald_test",
]
