"""scikit-learn's own checks of an estimator, on ours."""

import warnings

from sklearn.utils.estimator_checks import parametrize_with_checks

from glasslogit import LogisticRegression, LogisticRegressionCV

# A flat X has one meaning here, and raises in scikit-learn: at `fit` it is one feature of many
# rows, at prediction with several features it is one row. Nothing else is expected to fail.
FLAT = "a flat X is one feature, or one row: docs/differences_from_scikit_learn.md#a-flat-x"
EXPECTED = {"check_fit1d": FLAT, "check_fit2d_predict1d": FLAT}

# With nine rows in three classes there are no five folds; scikit-learn checks its own with three.
ESTIMATORS = [LogisticRegression(), LogisticRegressionCV(cv=3)]

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "Estimator .* does not inherit from")  # it stays optional
    every_check = parametrize_with_checks(ESTIMATORS, expected_failed_checks=lambda _: EXPECTED)


@every_check
def test_check(estimator, check) -> None:
    check(estimator)
