"""A table laid out for a line of so many cells: nothing in it breaks, and little is cut."""

from collections.abc import Sequence
from typing import NamedTuple

from glasslogit.pages.widths import cut_apart, padded, width, wrapped

GUTTERS = "  ", " "  # between columns; the narrow one where nothing is cut or apart by it
LEAST_NAME = 12  # cells that names have; where there is no room beside them, the table is split
GOOD_NAME = 28  # cells of a name that is never cut in a line of 80
LEAST_HEAD = 12  # cells that a word in a head keeps


class Line(NamedTuple):
    """A line of a table, and what it is."""

    text: str
    style: str  # "head", "rule", or that of the row


class Measured(NamedTuple):
    """The place of a column of values, and the cells of its longest word in the head and value."""

    place: int
    word: int
    value: int


class Widths(NamedTuple):
    """The cells of the names and of the columns of values, by place, and what is between them."""

    names: int
    wide: dict[int, int]
    space: str


class TextTable:
    r"""A column of names on the left, and columns of values, of which no number is ever cut.

    A name that has no room before its values is cut where much of it remains, and is else on a line
    of its own above them. Where the values do not fit beside the shortest names, though they stand
    close together, they are in several tables, one below the other, each with the names.

    >>> table = TextTable("feature", ["coef", "odds ratio"])
    >>> table.add("age", "0.5000", "1.649")
    >>> table.add("children_under_18_years", "-0.2500", "0.7788")
    >>> print(*(line.text for line in table.lines(36)), sep="\n")
    feature    coef odds ratio
    ──────────────────────────
    age      0.5000      1.649
    children_under_18_years
            -0.2500     0.7788
    """

    def __init__(
        self,
        title: str,
        heads: Sequence[str],
        left: frozenset[int] = frozenset(),
        names: frozenset[int] = frozenset(),
    ) -> None:
        """Begin without rows.

        The values at the places `left` stand on the left of their column; those at the places
        `names` are cut where they are long and the line is full.
        """
        self.title, self.heads, self.left, self.names = title, heads, left, names
        self.rows: list[tuple[str, tuple[str, ...], str]] = []

    def add(self, name: str, *values: str, style: str = "") -> None:
        """Add a row; one without values may use the whole line."""
        self.rows.append((name, values, style))

    def lines(self, most: int) -> list[Line]:
        """Lay the table out for lines of so many cells."""
        every, (wide, narrow), longest = self._columns(), GUTTERS, max(self._beside())
        least = min(longest, LEAST_NAME)
        whole = (s for s in GUTTERS if self._room(every, s, longest, most) <= most)
        one = self._room(every, narrow, least, LEAST_HEAD) <= most
        apart = [] if one else self._parts(every, least, most)
        parts, space = ([every], next(whole, narrow)) if one else (apart, wide)
        blank = [Line("", "")]
        lines: list[Line] = []
        for part in parts:
            lines += [*(blank if lines else []), *self._part(part, most, space)]
        return lines

    def _columns(self) -> list[Measured]:
        """Measure the columns of values."""
        cells = zip(*(values for _, values, _ in self.rows if values), strict=True)
        return [
            Measured(j, max(map(width, head.split(" "))), max(map(width, column)))
            for j, (head, column) in enumerate(zip(self.heads, cells, strict=True))
        ]

    def _wide(self, columns: Sequence[Measured], word: int) -> dict[int, int]:
        """Count the cells that columns need where a word of a head has so many at most."""
        name = max(GOOD_NAME, word)
        return {
            j: max(min(head, word), min(cell, name) if j in self.names else cell)
            for j, head, cell in columns
        }

    def _beside(self) -> list[int]:
        """Count the cells of the names beside values, and of their title."""
        return [width(self.title), *(width(name) for name, values, _ in self.rows if values)]

    def _room(self, columns: Sequence[Measured], space: str, name: int, word: int) -> int:
        """Count the cells of columns, their heads' words of so many at most, and of a name."""
        return name + sum(len(space) + wide for wide in self._wide(columns, word).values())

    def _parts(self, columns: Sequence[Measured], name: int, most: int) -> list[list[Measured]]:
        """Divide the columns of values among tables that fit, each with names of so many cells."""
        parts: list[list[Measured]] = [[]]
        for column in columns:
            part = [*parts[-1], column]
            if parts[-1] and self._room(part, GUTTERS[0], name, LEAST_HEAD) > most:
                parts.append([])
            parts[-1].append(column)
        return parts

    def _part(self, columns: Sequence[Measured], most: int, space: str) -> list[Line]:
        """Lay out some of the columns: first the values, then the names, last the heads."""
        beside, words = self._beside(), range(most, LEAST_HEAD, -1)
        least = min(max(beside), LEAST_NAME)
        fits = (word for word in words if self._room(columns, space, least, word) <= most)
        wide = self._wide(columns, next(fits, LEAST_HEAD))
        left = most - sum(wide.values()) - len(space) * len(columns)
        whole = max((each for each in beside if each <= left), default=beside[0])
        names = min(max(beside), left) if left >= GOOD_NAME else whole
        left -= names
        for j in wide:
            more = min(max(0, width(self.heads[j]) - wide[j]), max(0, left))
            wide[j] += more
            left -= more
        layout = Widths(names, wide, space)
        body, head = self._body(layout, most), self._head(layout)
        rule = "─" * max(width(line.text) for line in [*head, *body])
        return [*head, Line(rule, "rule"), *body]

    def _head(self, layout: Widths) -> list[Line]:
        """Lay out the heads over as many lines as they need, the last words at the bottom."""
        wide = layout.wide
        words = cut_words([self.heads[j] for j in wide], [*wide.values()])
        columns = [wrapped(text, most) for text, most in zip(words, wide.values(), strict=True)]
        depth = max(map(len, columns), default=1)
        columns = [[""] * (depth - len(column)) + column for column in columns]
        titles = [""] * (depth - 1) + [self.title]
        rows = zip(titles, *columns, strict=True)
        return [Line(self._row(title, heads, layout), "head") for title, *heads in rows]

    def _body(self, layout: Widths, most: int) -> list[Line]:
        """Lay out the rows; a long name uses the blanks before its values, or stands above them."""
        columns = [self._shown(j, wide) for j, wide in layout.wide.items()]
        cells = iter(zip(*columns, strict=True))
        names = [name for name, _, _ in self.rows]
        narrow, wide = cut_indented(names, layout.names), cut_indented(names, most)
        lines = []
        for i, (_, values, style) in enumerate(self.rows):
            row = self._row("", next(cells), layout) if values else ""
            blanks = len(row) - len(row.lstrip(" "))
            name = narrow[i] if values and layout.names >= GOOD_NAME else wide[i]
            if width(name) + len(layout.space) <= blanks:
                lines.append(Line(padded(name, blanks, right=False) + row.lstrip(" "), style))
            else:
                lines += [Line(name, style), *([Line(row, style)] if values else [])]
        return lines

    def _shown(self, place: int, most: int) -> list[str]:
        """Give the values of a column, the names among them cut if they do not fit."""
        cells = [values[place] for _, values, _ in self.rows if values]
        return cut_apart(cells, most) if place in self.names else cells

    def _row(self, name: str, cells: Sequence[str], layout: Widths) -> str:
        """Put a name and its values under their heads."""
        columns = zip(layout.wide.items(), cells, strict=True)
        values = (padded(text, most, right=j not in self.left) for (j, most), text in columns)
        return layout.space.join([padded(name, layout.names, right=False), *values]).rstrip()


def cut_indented(names: Sequence[str], most: int) -> list[str]:
    """Cut those names that do not fit, and not the blanks before them, so that they stay apart."""
    long = [name for name in names if width(name) > most]
    bare = [name.lstrip(" ") for name in long]
    indents = [len(name) - len(rest) for name, rest in zip(long, bare, strict=True)]
    cut_bare = cut_apart(bare, most - max(indents, default=0))
    short = dict(zip(long, zip(indents, cut_bare, strict=True), strict=True))
    return [" " * short[name][0] + short[name][1] if name in short else name for name in names]


def cut_words(texts: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Cut the words that do not fit into their column, so that those that differ stay different.

    >>> cut_words(["predicted very_happy_people", "predicted very_sad_people"], [12, 12])
    ['predicted very_h…eople', 'predicted very_s…eople']
    """
    words = [text.split(" ") for text in texts]
    pairs = [(w, most) for each, most in zip(words, widths, strict=True) for w in each]
    long = [word for word, most in pairs if width(word) > most]
    least = min((most for word, most in pairs if width(word) > most), default=0)
    short = dict(zip(long, cut_apart(long, least), strict=True))
    return [" ".join(short.get(word, word) for word in each) for each in words]
