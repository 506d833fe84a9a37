"""What scikit-learn's own classes lend to ours where it is loaded: routing, display, callbacks.

glasslogit has none of these itself and imports scikit-learn for none of them: whoever asks for
one has imported it already.
"""

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, ClassVar, NamedTuple, TypeVar

import numpy as np

from glasslogit.core import Floats
from glasslogit.solvers import Callback, Progress

T = TypeVar("T")
ROUTED = ("fit", "score", "predict", "predict_proba", "predict_log_proba", "decision_function")
CALLBACKS = ("_skl_callbacks", "_parent_callback_ctx")  # where scikit-learn keeps them


@cache
def borrowed_class(kind: "type[ScikitLearnProtocol]") -> type:
    """Make a class of scikit-learn's bases with the methods of ours whose arguments it routes."""
    from sklearn.base import BaseEstimator  # noqa: PLC0415
    from sklearn.callback import CallbackSupportMixin  # noqa: PLC0415
    from sklearn.utils.metadata_routing import UNUSED  # noqa: PLC0415

    members = {"__module__": kind.__module__} | {name: getattr(kind, name) for name in ROUTED}
    for method, names in kind.PASSED_ON.items():
        members[f"__metadata_request__{method}"] = dict.fromkeys(names, UNUSED)
    return type(kind.__name__, (CallbackSupportMixin, BaseEstimator), members)


class BorrowedAttribute:
    """An attribute that scikit-learn's classes have, and lend to ours.

    It is missing, with an AttributeError as for any other, until scikit-learn is loaded.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: object, owner: type) -> Any:
        missing = f"{owner.__name__} has {self.name!r} where scikit-learn 1.9 or newer is loaded"
        if "sklearn" not in sys.modules:
            raise AttributeError(missing)
        try:
            base = borrowed_class(owner)
        except ImportError:
            raise AttributeError(missing) from None
        return inspect.getattr_static(base, self.name).__get__(instance, base)


class ScikitLearnProtocol:
    """Gives a class what scikit-learn's tools look for beyond parameters and `fit`."""

    # By method, those of its arguments that it hands on to another object, which asks for them.
    PASSED_ON: ClassVar[Mapping[str, Sequence[str]]] = {}

    get_metadata_routing = BorrowedAttribute()
    set_fit_request = BorrowedAttribute()
    set_score_request = BorrowedAttribute()
    set_predict_request = BorrowedAttribute()
    set_predict_proba_request = BorrowedAttribute()
    set_predict_log_proba_request = BorrowedAttribute()
    set_decision_function_request = BorrowedAttribute()
    _get_metadata_request = BorrowedAttribute()
    _get_class_level_metadata_request_values = BorrowedAttribute()

    set_callbacks = BorrowedAttribute()
    _init_callback_context = BorrowedAttribute()

    _repr_html_ = BorrowedAttribute()
    _repr_html_inner = BorrowedAttribute()
    _repr_mimebundle_ = BorrowedAttribute()
    _html_repr = BorrowedAttribute()
    _get_params_html = BorrowedAttribute()
    _get_fitted_attr_html = BorrowedAttribute()

    def __sklearn_is_fitted__(self) -> bool:
        """Tell scikit-learn, if it asks, whether `fit` was called."""
        return hasattr(self, "coef_")

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn, if it asks, what this is; see its developer's guide."""
        from sklearn.utils import ClassifierTags, InputTags, Tags, TargetTags  # noqa: PLC0415

        return Tags(
            estimator_type="classifier",
            target_tags=TargetTags(required=True),
            classifier_tags=ClassifierTags(),
            input_tags=InputTags(sparse=True),
        )


class StepCallback:
    """A callback that tells scikit-learn's callbacks of every step, as a task inside `fit`.

    They are shown the rows and, unless several models make up the classifier, a copy of the
    model with the coefficients reached. A step is told to begin before it is known whether
    there will be one, as in scikit-learn: the last one ends empty.
    """

    def __init__(self, model: Any, context: Any, rows: Mapping[str, Any], known: Any) -> None:
        """Take the context of the fit, the rows and the attributes that are known already."""
        self.model, self.context, self.rows, self.known = model, context, rows, known
        self.open: Any = None

    def __call__(self, progress: Progress) -> bool:
        """End the step that was made and begin the next; tell whether one asked to stop."""
        reached = self.reached(progress.theta)
        stop = self.call_hooks("end", self.rows, reached) if self.open else False
        self.open = self.context.subcontext(task_name="step")
        self.call_hooks("begin", self.rows, reached)
        return stop

    def reached(self, theta: Floats) -> Mapping[str, Any] | None:
        """Give the attributes of a model with the coefficients of θ, if it is the whole model."""
        K = len(self.known["classes_"])
        if theta.shape[1] != (1 if K == 2 else K):
            return None
        return {**self.known, "coef_": theta[:-1].T.copy(), "intercept_": theta[-1].copy()}

    def call_hooks(self, event: str, rows: Mapping[str, Any], known: Any) -> bool:
        """Call the hooks of an event of the step that is open."""
        hooks = getattr(self.open, f"call_on_fit_task_{event}")
        return hooks(estimator=self.model, **rows, reconstruction_attributes=known) is True

    def close(self) -> None:
        """End the step that was begun and not made."""
        if self.open:
            self.call_hooks("end", {}, None)


class WatchedFit(NamedTuple):
    """What scikit-learn's callbacks are told of a fit.

    The largest number of steps, the rows, and the attributes of the fitted model that do not
    change along the way.
    """

    steps: int
    rows: Mapping[str, Any]
    known: Mapping[str, Any]


def is_watched(model: Any) -> bool:
    """Tell whether callbacks of scikit-learn's are set on a model."""
    return CALLBACKS[0] in vars(model)


def shown_rows(X: Any, y: Any, **metadata: Any) -> Mapping[str, Any]:
    """Give the rows as the hooks of scikit-learn's callbacks take them; batches are not shown."""
    if callable(X):
        return {}
    given = {name: part for name, part in metadata.items() if part is not None}
    return {"X": X, "y": y, "metadata": given}


def train_watched(model: Any, train: Callable[[Sequence[Callback]], T], watched: WatchedFit) -> T:
    """Train by a function that takes callbacks of ours, with scikit-learn's shown each step."""
    from sklearn.callback import with_callbacks  # noqa: PLC0415

    def train_with_hooks(model: Any) -> T:
        context = model._init_callback_context(max_subtasks=watched.steps)  # noqa: SLF001
        context.call_on_fit_task_begin(estimator=model, **watched.rows)
        watch = StepCallback(model, context, watched.rows, watched.known)
        result = train([watch])
        watch.close()
        context.call_on_fit_task_end(estimator=model, **watched.rows, reconstruction_attributes={})
        return result

    return with_callbacks(train_with_hooks)(model)


@contextmanager
def handing_on_callbacks(model: Any, part: Any) -> Iterator[None]:
    """Let the callbacks that scikit-learn has set on a model watch the fit of a part of it."""
    names = [name for name in CALLBACKS if name in vars(model)]
    vars(part).update({name: vars(model)[name] for name in names})
    try:
        yield
    finally:
        for name in names:
            delattr(part, name)


def no_ratios(l1_ratios: Any) -> bool:
    """Tell whether `l1_ratios` is one of scikit-learn's ways to give none."""
    return l1_ratios is None or (isinstance(l1_ratios, str) and l1_ratios == "warn")


def use_legacy_shapes(model: Any) -> None:
    """Give attributes the shapes they had: by class, l1_ratio last, or away if it is None."""
    keys = model.classes_[-model.coef_.shape[0] :].tolist()
    model.C_, model.l1_ratio_ = (np.full(len(keys), x) for x in (model.C_, model.l1_ratio_))
    scores, steps = model.scores_.swapaxes(1, 2), model.n_iter_.swapaxes(1, 2)[None]
    paths = model.coefs_paths_.transpose(3, 0, 2, 1, 4)  # (K, folds, Cs, ratios, d+1)
    if no_ratios(model.l1_ratios):
        scores, steps, paths = scores[..., 0], steps[..., 0], paths[..., 0, :]
    model.scores_, model.n_iter_ = dict.fromkeys(keys, scores), steps
    model.coefs_paths_ = dict(zip(keys, paths, strict=True))
