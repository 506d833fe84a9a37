"""Parameters of an estimator as scikit-learn knows them, without scikit-learn."""

import inspect
from copy import copy
from dataclasses import fields, is_dataclass, replace
from typing import Any, Self

from glasslogit.errors import InputError

STARRED = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


class Params:
    """Gives a class the parameters of its constructor: `get_params`, `set_params`, repr."""

    @classmethod
    def _defaults(cls) -> dict[str, Any]:
        """Give the parameters and their defaults; what `**` takes are those of the class above."""
        line = [each for each in cls.__mro__ if "__init__" in vars(each)]
        given = list(inspect.signature(vars(line[0])["__init__"]).parameters.values())[
            1:
        ]  # without self
        own = {each.name: each.default for each in given if each.kind not in STARRED}
        handed_on = any(each.kind is inspect.Parameter.VAR_KEYWORD for each in given)
        above = line[1] if handed_on else None
        more = above._defaults() if above and issubclass(above, Params) else {}  # noqa: SLF001
        return own | {name: default for name, default in more.items() if name not in own}

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Give the constructor's arguments as they were set; `deep`, also the settings of each.

        The setting `rare` of an encoder is then `encoder__rare`.
        """
        own = {name: getattr(self, name) for name in self._defaults()}
        parts = own if deep else {}
        inner = {
            f"{name}__{setting}": value
            for name, part in parts.items()
            for setting, value in settings_of(part).items()
        }
        return own | inner

    def set_params(self, **params: Any) -> Self:
        """Set arguments of the constructor, and settings of these; an unknown one is an error.

        An argument whose setting changes becomes another one: nobody else's is changed.
        """
        known = self._defaults()
        for name in sorted(params, key=lambda name: "__" in name):
            outer, _, setting = name.partition("__")
            if outer not in known:
                raise InputError(
                    f"{type(self).__name__} has no parameter {name!r}; it has {', '.join(known)}"
                )
            value = params[name]
            if setting:
                value = with_setting(outer, getattr(self, outer), setting, value)
            setattr(self, outer, value)
        return self

    def __repr__(self) -> str:
        defaults = self._defaults()
        changed = [
            f"{name}={value!r}"
            for name, value in self.get_params(deep=False).items()
            if repr(value) != repr(defaults[name])
        ]
        return f"{type(self).__name__}({', '.join(changed)})"


def settings_of(part: Any) -> dict[str, Any]:
    """Give the settings of an argument that has some: an encoder, a solver, an estimator."""
    if isinstance(part, type):
        return {}
    if is_dataclass(part):
        return {each.name: getattr(part, each.name) for each in fields(part) if each.init}
    return dict(part.get_params()) if hasattr(part, "get_params") else {}


def with_setting(name: str, part: Any, setting: str, value: Any) -> Any:
    """Give an argument with another setting.

    >>> from fractions import Fraction
    >>> with_setting("solver", Fraction(1, 2), "rate", 3)
    Traceback (most recent call last):
    glasslogit.errors.InputError: solver=Fraction(1, 2) has no setting 'rate'
    """
    known = settings_of(part)
    if setting not in known:
        has = f"; it has {', '.join(known)}" if known else ""
        raise InputError(f"{name}={part!r} has no setting {setting!r}{has}")
    if is_dataclass(part) and not isinstance(part, type):
        return replace(part, **{setting: value})
    return copy(part).set_params(**{setting: value})
