"""Standard errors, tests and intervals."""

from glasslogit.trust.inference.against import evaluate_against
from glasslogit.trust.inference.bootstrap import Bootstrap, bootstrap
from glasslogit.trust.inference.effects import MarginalEffects, marginal_effects
from glasslogit.trust.inference.hypotheses import (
    hypothesis_test,
    likelihood_ratio_test,
    term_tests,
    wald_test,
)
from glasslogit.trust.inference.intervals import ProbabilityIntervals, probability_intervals
from glasslogit.trust.inference.outcomes import (
    RowOutcomes,
    outcomes_of_labels,
    outcomes_of_trials,
    strange_labels,
)
from glasslogit.trust.inference.paired_evaluation import PairedEvaluation, judge_pair
from glasslogit.trust.inference.paired_facts import Side
from glasslogit.trust.inference.summarize import summarize
from glasslogit.trust.inference.summary import Summary

__all__ = [
    "Bootstrap",
    "MarginalEffects",
    "PairedEvaluation",
    "ProbabilityIntervals",
    "RowOutcomes",
    "Side",
    "Summary",
    "bootstrap",
    "evaluate_against",
    "hypothesis_test",
    "judge_pair",
    "likelihood_ratio_test",
    "marginal_effects",
    "outcomes_of_labels",
    "outcomes_of_trials",
    "probability_intervals",
    "strange_labels",
    "summarize",
    "term_tests",
    "wald_test",
]
