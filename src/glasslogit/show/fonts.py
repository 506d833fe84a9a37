"""Fonts for what people call things: a font that has each character, or a box and a warning."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from glasslogit.errors import GlasslogitWarning, warn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

NO_GLYPH = "□"
NO_FONT = "Last Resort"  # begins the name of fonts whose every character is a box
MOST_NAMED = 10  # characters that a warning names


def finished(ax: Axes) -> Axes:
    """Give the axes, each text in fonts that have its characters.

    To a text with characters that its font lacks, families are added that are installed and have
    them. What none has becomes □, and a warning names it.
    """
    from matplotlib.text import Text
    from matplotlib.ticker import FixedLocator

    lost: dict[str, None] = {}
    for axis in (ax.xaxis, ax.yaxis):
        if isinstance(axis.get_major_locator(), FixedLocator):
            ticks = axis.get_ticklabels()
            names = [_boxed(tick.get_text(), tick, lost) for tick in ticks]
            if names != [tick.get_text() for tick in ticks]:  # else they would come back
                axis.set_ticklabels(names)
    for text in ax.findobj(Text):
        assert isinstance(text, Text)  # noqa: S101  findobj does not say so
        text.set_text(_boxed(text.get_text(), text, lost))
    if lost:
        shown = ", ".join(list(lost)[:MOST_NAMED]) + ", …" * (len(lost) > MOST_NAMED)
        problem = f"no installed font has {shown}, drawn as {NO_GLYPH}"
        warn(f"{problem}; install one that has, such as Noto Sans CJK", GlasslogitWarning)
    return ax


def _boxed(written: str, text: Any, lost: dict[str, None]) -> str:
    """Add to a text the families that its characters need; box and note what none has."""
    families = list(text.get_fontfamily())
    foreign = [c for c in dict.fromkeys(written) if not (c.isspace() or _has(tuple(families), c))]
    found = {c: family_with(c) for c in foreign}
    more = [family for family in dict.fromkeys(found.values()) if family]
    if more:
        text.set_fontfamily([*families, *more])
    missing = [c for c, family in found.items() if family is None]
    lost |= dict.fromkeys(missing)
    return written.translate({ord(c): NO_GLYPH for c in missing})


@cache
def _has(families: Sequence[str], character: str) -> bool:
    """Tell whether a character is in the font of one of the families."""
    from matplotlib import font_manager

    for family in families:
        with suppress(ValueError):  # this family is not installed
            properties = font_manager.FontProperties(family=[family])
            path = font_manager.findfont(properties, fallback_to_default=False)
            if font_manager.get_font(path).get_char_index(ord(character)):
                return True
    return False


@cache
def family_with(character: str) -> str | None:
    """Name an installed family that can draw a character, those of most languages first."""
    from matplotlib import font_manager

    known = [e for e in font_manager.fontManager.ttflist if not e.name.startswith(NO_FONT)]
    for entry in sorted(known, key=lambda e: ("CJK" not in e.name, "Sans" not in e.name)):
        with suppress(RuntimeError, OSError):  # a font of pictures, or one that has gone
            font = font_manager.get_font(entry.fname)
            if font.get_char_index(ord(character)):
                font.set_size(10, 72)
                font.load_char(ord(character))
                return entry.name
    return None
