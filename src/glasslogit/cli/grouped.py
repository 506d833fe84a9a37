"""Commands whose parameters are groups of options: the one place where typer's lists are known."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Annotated, Any, get_args, get_origin, get_type_hints


def grouped(command: Callable[..., Any]) -> Callable[..., Any]:
    """Make the command line's function of a command some of whose parameters are groups.

    Each field of a group becomes an option. One of type tuple may be given several times.
    """
    kinds = get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {name: kind for name, kind in kinds.items() if is_dataclass(kind)}

    def run(**values: Any) -> Any:
        given = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in values.items()
            if value is not None and value != []  # typer's lists are empty where none is given
        }
        made = {}
        for name, kind in groups.items():
            own = {each.name for each in fields(kind)} & given.keys()
            made[name] = kind(**{each: given.pop(each) for each in own})
        return command(**given, **made)

    vars(run)["__signature__"] = inspect.Signature(list(_parameters(command, kinds)))
    run.__name__, run.__doc__ = command.__name__, command.__doc__
    return run


def _parameters(command: Callable[..., Any], kinds: dict[str, Any]) -> Iterator[inspect.Parameter]:
    """Give the parameters of a command, of a group those that are its fields."""
    for name, given in inspect.signature(command).parameters.items():
        kind = kinds[name]
        if not is_dataclass(kind):
            yield _parameter(name, kind, given.default)
            continue
        own = get_type_hints(kind, include_extras=True)
        for each in fields(kind):
            yield _parameter(each.name, own[each.name], each.default)


def _parameter(name: str, kind: Any, default: Any) -> inspect.Parameter:
    """Give a parameter as typer knows it: it has lists where we have tuples."""
    value, *about = get_args(kind)
    if tuple in {get_origin(each) for each in (value, *get_args(value))}:
        kind, default = Annotated[list[str] | None, *about], None
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
