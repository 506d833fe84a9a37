"""A line below a cell of a notebook, which is written anew and stays as it was last."""

import sys
from typing import Any


def in_notebook() -> bool:
    """Tell whether a notebook's kernel runs this, without importing one."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return getattr(shell, "kernel", None) is not None


class CellLine:
    """Shows a line below the cell that runs; a notebook that is saved has what it last said."""

    def __init__(self, text: str) -> None:
        """Show the line for the first time."""
        from IPython.display import display  # noqa: PLC0415  a kernel runs this

        self.handle: Any = display(plain_text(text), raw=True, display_id=True)

    def write(self, text: str) -> None:
        """Write the line anew."""
        self.handle.update(plain_text(text), raw=True)


def plain_text(text: str) -> dict[str, str]:
    """Give a text as a notebook takes it.

    >>> plain_text("step 3")
    {'text/plain': 'step 3'}
    """
    return {"text/plain": text}
