"""What a fit is worth."""

from glasslogit.trust.claims import question_of
from glasslogit.trust.compare import Comparison, compare
from glasslogit.trust.contest import choose_contest, read_row
from glasslogit.trust.diagnose import Diagnosis, diagnose
from glasslogit.trust.explain import Explanation, compose, explain
from glasslogit.trust.find import find_dependence, find_separation
from glasslogit.trust.flips import NumberRange, numbers_of
from glasslogit.trust.formulas import terms_of_row
from glasslogit.trust.outline import outline_of
from glasslogit.trust.terms import Ranges
from glasslogit.trust.training_rows import known_numbers, known_ranges, rows_needed
from glasslogit.trust.verify import verify

__all__ = [
    "Comparison",
    "Diagnosis",
    "Explanation",
    "NumberRange",
    "Ranges",
    "choose_contest",
    "compare",
    "compose",
    "diagnose",
    "explain",
    "find_dependence",
    "find_separation",
    "known_numbers",
    "known_ranges",
    "numbers_of",
    "outline_of",
    "question_of",
    "read_row",
    "rows_needed",
    "terms_of_row",
    "verify",
]
