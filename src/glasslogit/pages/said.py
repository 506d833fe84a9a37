"""Results that are sentences, one alone and several together, as text and in a notebook."""

from abc import ABC, abstractmethod
from typing import Any, TypeVar

Result_co = TypeVar("Result_co", covariant=True)


class Said(ABC):
    """Shows a result as what `str()` says of it, in the interpreter and in a notebook."""

    @abstractmethod
    def __str__(self) -> str:
        """Say the result, in a line or in several."""

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return html_of(self)


class Several(tuple[Result_co, ...]):
    """A tuple of results, shown each on lines of its own.

    >>> Several(["one", "two"])
    one
    two
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "\n".join(map(str, self)) or "()"

    __str__ = __repr__

    def _repr_html_(self) -> str:
        shown = [getattr(each, "_repr_html_", None) for each in self]
        pairs = zip(self, shown, strict=True)
        return "".join(html_of(each) if show is None else show() for each, show in pairs) or "()"


def html_of(result: Any) -> str:
    """Write what `str()` says of a result as HTML, its lines kept.

    >>> html_of("a < b")
    '<pre>a &lt; b</pre>'
    """
    from html import escape  # noqa: PLC0415  a fit imports this file and shows nothing

    return f"<pre>{escape(str(result))}</pre>"
