"""Parameters of an estimator as scikit-learn knows them, without scikit-learn."""

import inspect
from collections.abc import Mapping
from typing import Any, Self

from glasslogit.errors import InputError, check_number


class Params:
    """Gives a class the parameters of its constructor: `get_params`, `set_params`, repr."""

    @classmethod
    def _param_names(cls) -> list[str]:
        names = list(inspect.signature(cls.__init__).parameters)
        return names[1:]  # without self

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002
        """Give the constructor's arguments as they were set."""
        return {name: getattr(self, name) for name in self._param_names()}

    def set_params(self, **params: Any) -> Self:
        """Set arguments of the constructor; an unknown one is an error."""
        for name, value in params.items():
            if name not in self._param_names():
                known = ", ".join(self._param_names())
                raise InputError(f"{type(self).__name__} has no parameter {name!r}; it has {known}")
            setattr(self, name, value)
        return self

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn, if it asks, what this is; see its developer's guide."""
        from sklearn.utils import ClassifierTags, InputTags, Tags, TargetTags  # noqa: PLC0415

        return Tags(
            estimator_type="classifier",
            target_tags=TargetTags(required=True),
            classifier_tags=ClassifierTags(),
            input_tags=InputTags(sparse=True),
        )

    def __sklearn_is_fitted__(self) -> bool:
        """Tell scikit-learn, if it asks, whether `fit` was called."""
        return hasattr(self, "coef_")

    def __repr__(self) -> str:
        defaults = inspect.signature(type(self).__init__).parameters
        changed = [
            f"{name}={value!r}"
            for name, value in self.get_params().items()
            if repr(value) != repr(defaults[name].default)
        ]
        return f"{type(self).__name__}({', '.join(changed)})"


def check_settings(model: Any) -> None:
    """Check the parameters of a `LogisticRegression`; name the one that is wrong."""
    check_number(model.C, "C", "greater than 0, or np.inf", above=0, finite=False)
    check_number(model.l1_ratio, "l1_ratio", "between 0 and 1", least=0, most=1)
    check_number(model.tol, "tol", "0 or greater", least=0)
    check_number(model.max_iter, "max_iter", "0 or greater", least=0, whole=True)
    check_seconds(model.max_time)
    if model.n_jobs not in (None, -1):
        check_number(model.n_jobs, "n_jobs", "at least 1, or -1", least=1, whole=True)
    check_number(model.verbose, "verbose", "0 or greater", least=0, boolean=True)
    given = model.callbacks
    if not isinstance(given, (list, tuple)) or not all(map(callable, given)):
        raise InputError(f"callbacks={given!r} is not valid; give a list of functions")
    check_choice(model.fit_intercept, "fit_intercept", (True, False))
    check_choice(model.warm_start, "warm_start", (True, False))
    check_choice(model.multi_class, "multi_class", ("multinomial", "ovr"))
    check_choice(model.history, "history", ("values", "weights"))
    check_choice(model.collinear, "collinear", ("minimum_norm", "drop", "error"))
    if not (model.class_weight is None or isinstance(model.class_weight, Mapping)):
        check_choice(model.class_weight, "class_weight", ("balanced",))


def check_seconds(max_time: object) -> None:
    """Refuse a `max_time` that is neither None nor some seconds."""
    if max_time is not None:
        check_number(max_time, "max_time", "greater than 0 seconds", above=0)


def check_choice(value: object, name: str, choices: tuple[Any, ...]) -> None:
    """Refuse a setting that is not one of its choices.

    >>> check_choice("all", "history", ("values", "weights"))
    Traceback (most recent call last):
    glasslogit.errors.InputError: history='all' is not valid; give 'values' or 'weights'
    """
    if value not in choices:
        known = " or ".join(repr(choice) for choice in choices)
        raise InputError(f"{name}={value!r} is not valid; give {known}")
