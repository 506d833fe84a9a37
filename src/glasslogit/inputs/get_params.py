"""Parameters of an estimator as scikit-learn knows them, without scikit-learn."""

import inspect
from typing import Any, Self

from glasslogit.errors import InputError


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

    def __repr__(self) -> str:
        defaults = inspect.signature(type(self).__init__).parameters
        changed = [
            f"{name}={value!r}"
            for name, value in self.get_params().items()
            if repr(value) != repr(defaults[name].default)
        ]
        return f"{type(self).__name__}({', '.join(changed)})"
