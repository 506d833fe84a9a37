"""What a fitted model says of rows: margins, probabilities, classes.

    z = Xw + b + offset,   p = σ(z), the softmax of z, or one-vs-rest

Probabilities come from the margins and nothing else, so that they keep their digits in both
tails, and each row's from its own features alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glasslogit.core import Floats, Loss, log_sigmoid, log_softmax, softmax
from glasslogit.errors import InputError, MissingExtraError, check_number
from glasslogit.inputs import (
    Features,
    NamedRows,
    Params,
    check_features,
    check_known,
    check_offset,
    column_labels,
    default_names,
    labels_of_row,
    read_target,
    trial_rows,
)
from glasslogit.model.by_name import rows_by_name
from glasslogit.model.design import in_memory, plain_rows, split_target
from glasslogit.model.encoder_remedies import remedies_in_encoder
from glasslogit.model.fitted_check import check_fitted
from glasslogit.model.pipelines import at_end
from glasslogit.model.problem import encoder_of, target_of
from glasslogit.model.scikit_learn_protocol import ScikitLearnProtocol
from glasslogit.model.submodels import loss_of
from glasslogit.model.unknown_rows import warn_of_unknown_rows
from glasslogit.solvers import Outcome
from glasslogit.sources import ArraySource

if TYPE_CHECKING:
    from glasslogit.tables.encoding import TableEncoder


@dataclass(frozen=True)
class OneVsRest:
    """Probabilities from the margins z (n, K) of K models: pₖ = σ(zₖ) / Σⱼ σ(zⱼ)."""

    def probabilities(self, z: Floats) -> Floats:
        """Give the probability of each class, (n, K)."""
        return softmax(log_sigmoid(z))

    def log_probabilities(self, z: Floats) -> Floats:
        """Give the logarithms of the probabilities, (n, K)."""
        return log_softmax(log_sigmoid(z))


class Predictor(Params, ScikitLearnProtocol):
    """Gives a class that has learnt `coef_`, `intercept_` and `classes_` its predictions."""

    multi_class: Literal["multinomial", "ovr"]
    classes_: NDArray[Any]
    coef_: NDArray[Any]
    intercept_: NDArray[Any]
    n_features_in_: int
    encoder_: "TableEncoder | None"
    centre_: Floats | None = None
    centred_intercept_: Floats | None = None
    positive_: Any = None
    target_: str | None = None
    threshold_: float | None = None
    training_: Mapping[str, Any] | None = None
    outcome_: Outcome

    @property
    def feature_names_(self) -> NDArray[Any]:
        """The names of the coefficients, (d,); those that nobody gave are made when asked for."""
        if "feature_names_" not in vars(self):
            raise AttributeError(f"this {type(self).__name__} knows no columns")
        known: NDArray[Any] | None = vars(self)["feature_names_"]
        return np.array(default_names(self.n_features_in_), object) if known is None else known

    @feature_names_.setter
    def feature_names_(self, names: NDArray[Any] | None) -> None:
        vars(self)["feature_names_"] = names

    def __getstate__(self) -> dict[str, Any]:
        """Give the attributes to store; an outcome by its name, which any reader can make again."""
        state = dict(vars(self))
        if "outcome_" in state:
            state["outcome_"] = state["outcome_"].name
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take attributes that were stored."""
        vars(self).update(state)
        if "outcome_" in state:
            self.outcome_ = Outcome[state["outcome_"]]

    def decision_function(self, X: Any, offset: ArrayLike | None = None) -> Floats:
        """Give the margins z = Xw + b + offset: (n,) for two classes, (n, K) for more."""
        z = self._margins(X, offset)
        return z[:, 0] if z.shape[1] == 1 else z

    def predict_log_proba(self, X: Any, offset: ArrayLike | None = None) -> Floats:
        """Give log-probabilities (n, K), from the margins: never the log of a rounded 0."""
        z = self._margins(X, offset)
        return self._link().log_probabilities(z)

    def predict_proba(self, X: Any, offset: ArrayLike | None = None) -> Floats:
        """Give the probability of each class, in the order of `classes_`, shape (n, K)."""
        z = self._margins(X, offset)
        return self._link().probabilities(z)

    def predict(
        self, X: Any, offset: ArrayLike | None = None, threshold: float | None = None
    ) -> NDArray[Any]:
        """Give the most probable class of each row; of two, by the threshold if there is one.

        `threshold` is a probability of the class `positive_`, by default ``classes_[1]``, which
        is predicted from there on; by default it is the model's own, `threshold_`, which
        `with_threshold` sets.
        """
        z = self._margins(X, offset)
        own = self.threshold_ if threshold is None else check_threshold(threshold)
        if own is not None:
            return self.classes_[decide_places(self, self._link().probabilities(z), own)]
        two = len(self.classes_) == 2
        best = (z[:, 0] > 0).astype(np.intp) if two else z.argmax(axis=1)
        return self.classes_[best]

    def score(
        self,
        X: Any,
        y: Any = None,
        sample_weight: ArrayLike | None = None,
        offset: ArrayLike | None = None,
    ) -> float:
        """Give the accuracy: the share of rows, or of trials, whose class is predicted.

        y may be the name of a column of the table X, and is not needed where the model was fitted
        to such a column.
        """
        from glasslogit.evaluate import accuracy  # noqa: PLC0415  (4 ms to import)

        X, y = split_target(X, y, target_of(self))
        predicted = self.predict(X, offset)
        target = read_target(y, in_memory(sample_weight), len(predicted))
        (labels, weight), predicted = trial_rows(target, predicted)
        return accuracy(labels, predicted, sample_weight=weight)

    def sparsify(self) -> Self:
        """Store `coef_` as a scipy.sparse matrix, for a model of many zeros; needs scipy."""
        check_fitted(self)
        try:
            from scipy.sparse import csr_matrix  # noqa: PLC0415
        except ImportError:
            raise MissingExtraError("scipy", "stats") from None
        self.coef_ = csr_matrix(self.coef_)
        return self

    def densify(self) -> Self:
        """Store `coef_` as an array again."""
        check_fitted(self)
        self.coef_ = dense(self.coef_)
        return self

    def _link(self) -> Loss | OneVsRest:
        """Give what turns margins into probabilities."""
        K = len(self.classes_)
        return OneVsRest() if K > 2 and self.multi_class == "ovr" else loss_of(K)

    def _margins(self, X: Any, offset: ArrayLike | None) -> Floats:
        theta = reported_theta(self)
        features = read_to_predict(self, X, offset)
        n = features.X.shape[0]
        offsets = check_offset(offset, n, theta.shape[1])
        unused = np.zeros(n)
        source = ArraySource(features.X, unused, unused, offsets)
        if self.centre_ is not None:
            source, theta[-1] = source.shifted(self.centre_), self.centred_intercept_
        return np.concatenate([block.margins_by_row(theta) for block in source.blocks()])


def check_threshold(threshold: Any) -> float:
    """Refuse what is no probability from which on a class can be predicted."""
    if isinstance(threshold, str):
        call = f"with_threshold(model, {threshold!r})"
        raise InputError(f"threshold={threshold!r} is not a number; take {call}")
    return float(check_number(threshold, "threshold", "between 0 and 1", above=0, below=1))


def decide_places(model: Any, proba: NDArray[Any], threshold: float | None) -> NDArray[np.intp]:
    """Turn probabilities (n, K) into the numbers of the classes that are predicted, (n,).

    Without a threshold these are the most probable. One is for the `positive_` of two classes.
    """
    if threshold is None:
        return proba.argmax(axis=1)
    if proba.shape[1] != 2:
        raise InputError(f"a threshold is for two classes, and the model has {proba.shape[1]}")
    k = positive_place(model)
    return np.where(proba[:, k] >= threshold, k, 1 - k)


def positive_place(model: Any) -> int:
    """Give the column of `predict_proba` with the probability that a threshold is for."""
    classes = list(np.asarray(model.classes_).tolist())
    known = getattr(model, "positive_", None)  # scikit-learn's models have none
    return 1 if known is None else int(classes.index(known))


def read_features(model: Any, X: Any) -> Features:
    """Read rows to predict as the fitted model's columns of X."""
    encoder = encoder_of(model)
    if encoder is not None and not isinstance(X, NamedRows):
        with remedies_in_encoder(X):
            encoded = encoder.encode(X)
        return Features(encoded.rows(np.arange(encoded.table.n_rows)), None)
    X, d = rows_by_name(model, X), model.coef_.shape[1]
    plain = plain_rows(X)
    labels = column_labels(X) if plain is None else labels_of_row(X, d)
    if labels is not None:  # columns that are not the model's are told before what they hold
        check_known(Features(np.empty((0, len(labels))), labels), model, d)
    if plain is None:
        from glasslogit.tables import not_numbers  # noqa: PLC0415

        raise not_numbers(X)
    features = check_features(plain, flat=d)
    check_known(features, model, d)
    return features


def read_to_predict(model: Any, X: Any, offset: Any) -> Features:
    """Read rows to predict as the columns of a model or pipeline, with an offset if it has one.

    Warns of rows that the training could tell nothing about.
    """
    model, X = at_end(model, X)
    check_offset_given(model, offset)
    features = read_features(model, X)
    warn_of_unknown_rows(model, features.X)
    return features


def check_offset_given(model: Any, offset: Any, name: str = "offset") -> None:
    """Refuse rows without an offset for a model that was fitted with one; 0 is one.

    >>> from glasslogit import LogisticRegression
    >>> model = LogisticRegression().fit([[0.0], [1.0]], [0, 1], offset=[0.0, 2.0])
    >>> model.predict([[1.0]], offset=0).tolist()
    [0]
    >>> model.predict([[1.0]])
    Traceback (most recent call last):
    glasslogit.errors.InputError: this model was fitted with an offset; give offset= for these \
rows, or offset=0 for none
    """
    if offset is None and getattr(model, "uses_offset_", False):
        raise InputError(
            f"this model was fitted with an offset; give {name}= for these rows, "
            f"or {name}=0 for none"
        )


def reported_theta(model: Any) -> Floats:
    """Give θ (d+1, c) by which a fitted model, ours or scikit-learn's, predicts."""
    check_fitted(model)
    coef = np.atleast_2d(dense(model.coef_))
    theta = np.empty((coef.shape[1] + 1, coef.shape[0]))
    theta[:-1], theta[-1] = coef.T, model.intercept_
    return theta


def dense(coef: Any) -> NDArray[Any]:
    """Give coefficients as an array, also those that `sparsify` has stored."""
    return coef.toarray() if hasattr(coef, "toarray") else np.asarray(coef)
