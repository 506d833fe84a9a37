"""Parameters of an estimator as scikit-learn knows them, without scikit-learn."""

import inspect
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

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002
        """Give the constructor's arguments as they were set."""
        return {name: getattr(self, name) for name in self._defaults()}

    def set_params(self, **params: Any) -> Self:
        """Set arguments of the constructor; an unknown one is an error."""
        known = self._defaults()
        for name, value in params.items():
            if name not in known:
                raise InputError(
                    f"{type(self).__name__} has no parameter {name!r}; it has {', '.join(known)}"
                )
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        defaults = self._defaults()
        changed = [
            f"{name}={value!r}"
            for name, value in self.get_params().items()
            if repr(value) != repr(defaults[name])
        ]
        return f"{type(self).__name__}({', '.join(changed)})"
