"""scikit-learn's own tests of its class, with ours in the class's place.

    python tests/against/sklearn_suite.py            (about a minute; more arguments go to pytest)

The tests are those of the scikit-learn that is installed, run where they lie. Each test that fails
must stand in `ARGUED`, with the reason, and each that stands there must fail: the list is what is
left of the difference. Where scikit-learn's tests are not installed nothing is run.
"""

import sys
from importlib.util import find_spec
from typing import Any

import pytest
from sklearn import linear_model

import glasslogit

MODULE = "sklearn.linear_model.tests.test_logistic"
WORDS = "the message says it in other words; the exception or warning is the same"
SILENT = "nothing is deprecated here, so there is nothing to warn of"
PRIVATE = "asks for a private name of scikit-learn's"
UNPENALISED = "liblinear penalises the intercept; ours is never penalised, so it has no scaling"
EVERY_SOLVER = "every problem has a solver: one of that name leaves the choice to us"
FOLDS = "a fold that does not train on every class is an error"
SEPARATED = "the classes are separated and that is said; scikit-learn stops somewhere, silently"

ARGUED = {
    "test_check_solver_option": EVERY_SOLVER,
    "test_inconsistent_input": WORDS,
    "test_nan": WORDS,
    "test_consistency_path": UNPENALISED,
    "test_liblinear_dual_random_state": "a result does not depend on random_state",
    "test_logistic_cv_multinomial_score": PRIVATE,
    "test_logistic_cv_folds_with_classes_missing": FOLDS,
    "test_multinomial_cv_iris": FOLDS,
    "test_logreg_predict_proba_multinomial": PRIVATE,
    "test_max_iter": WORDS,
    "test_warm_start_newton_solver": "a fit of separated classes is no start for the next one",
    "test_dtype_match": "liblinear makes float64 of float32; ours keeps float32 with every solver",
    "test_l1_ratio_non_elasticnet": SILENT,
    "test_penalty_none": SILENT,
    "test_c_inf_no_warning": SEPARATED,
    "test_large_sparse_matrix": "64-bit indices are read by every solver",
    "test_liblinear_with_large_values": EVERY_SOLVER,
    "test_liblinear_not_stuck": UNPENALISED,
    "test_zero_max_iter": "a fit starts from the class rates and not from 0",
    "test_newton_cholesky_fallback_to_lbfgs": "Newton's method needs no other to fall back on",
    "test_liblinear_multiclass_raises": EVERY_SOLVER,
    "test_penalty_deprecated": SILENT,
    "test_logisticregressioncv_warns_with_use_legacy_attributes": SILENT,
    "test_l1_ratio_None_deprecated": SILENT,
    "test_logisticregression_warns_with_n_jobs": SILENT,
    "test_lr_penalty_l1ratio_incompatible": "a contradiction is an error and not a warning",
    "test_lr_scoring_warns": SILENT,
    "test_get_default_scorer": PRIVATE,
    "test_logistic_regression_callback_support": "max_iter=0 makes no step, and shows none",
    "test_logistic_regression_callback_support_warning": "callbacks work with every solver",
}


class Record:
    """Notes which tests fail, by the name of their function, and how many pass."""

    def __init__(self) -> None:
        self.failed: dict[str, int] = {}
        self.counts = {"passed": 0, "failed": 0, "skipped": 0}

    def pytest_runtest_logreport(self, report: Any) -> None:
        """See pytest: a test that was set up is called, one that was not is skipped or failed."""
        if report.when == "call" or report.outcome != "passed":
            self.counts[report.outcome] += 1
        if report.failed:
            name = report.location[2].partition("[")[0]
            self.failed[name] = self.failed.get(name, 0) + 1


def main(arguments: list[str]) -> int:
    """Run the tests; tell what failed without an argument, and what is argued and passed."""
    if find_spec("sklearn.linear_model.tests") is None:
        print("scikit-learn's tests are not installed: nothing was run")
        return 0
    linear_model.LogisticRegression = glasslogit.LogisticRegression
    linear_model.LogisticRegressionCV = glasslogit.LogisticRegressionCV
    record = Record()
    quiet = ["-q", "--tb=no", "-p", "no:cacheprovider", "-c", "/dev/null"]
    pytest.main([*quiet, "--pyargs", MODULE, *arguments], plugins=[record])
    new = {name: count for name, count in record.failed.items() if name not in ARGUED}
    gone = [] if arguments else [name for name in ARGUED if name not in record.failed]
    print(f"{record.counts}; {sum(record.failed.values()) - sum(new.values())} failures are argued")
    for name, count in new.items():
        print(f"not argued: {name} ({count})")
    for name in gone:
        print(f"argued, but passes: {name}")
    return 1 if new or gone else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
