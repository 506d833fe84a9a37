"""A table laid out for a line of so many cells: nothing in it breaks, long names are cut."""

from collections.abc import Sequence
from typing import NamedTuple

from glasslogit.pages.widths import cut_apart, cut_middle, padded, width, wrapped

GUTTERS = "  ", " "  # between columns; the narrow one where a table is in one piece by it
LEAST_NAME = 12  # cells that names keep; where there is no room beside them, the table is split
GOOD_NAME = 28  # cells that names have before a head is put on one line
LEAST_HEAD = 12  # cells that a word in a head keeps


class Line(NamedTuple):
    """A line of a table, and what it is."""

    text: str
    style: str  # "head", "rule", or that of the row


class Widths(NamedTuple):
    """The cells of the names and of the columns of values, by place, and what is between them."""

    names: int
    wide: dict[int, int]
    space: str


class TextTable:
    r"""A column of names on the left, and columns of values, none of which is ever cut.

    Where the values do not fit beside the names, though they stand close together, they are in
    several tables, one below the other, each with the names.

    >>> table = TextTable("feature", ["coef", "odds ratio"])
    >>> table.add("age_of_the_oldest_child_in_years", "0.5000", "1.649")
    >>> print(*(line.text for line in table.lines(36)), sep="\n")
                                    odds
    feature                  coef  ratio
    ────────────────────────────────────
    age_of_the…d_in_years  0.5000  1.649
    """

    def __init__(
        self,
        title: str,
        heads: Sequence[str],
        left: frozenset[int] = frozenset(),
        least: int = LEAST_NAME,
    ) -> None:
        """Begin without rows; the values at the places `left` stand on the left of their column.

        A name of up to `least` cells is never cut.
        """
        self.title, self.heads, self.left, self.least = title, heads, left, least
        self.rows: list[tuple[str, tuple[str, ...], str]] = []

    def add(self, name: str, *values: str, style: str = "") -> None:
        """Add a row; one without values may use the whole line."""
        self.rows.append((name, values, style))

    def lines(self, most: int) -> list[Line]:
        """Lay the table out for lines of so many cells."""
        every = [*range(len(self.heads))]
        space = next((s for s in GUTTERS if self._room(every, s) <= most), None)
        parts, space = ([every], space) if space else (self._parts(most), GUTTERS[0])
        blank = [Line("", "")]
        lines: list[Line] = []
        for part in parts:
            lines += [*(blank if lines else []), *self._part(part, most, space)]
        return lines

    def _cells(self, place: int) -> list[str]:
        """Give the values of a column."""
        return [values[place] for _, values, _ in self.rows if values]

    def _least(self, place: int) -> int:
        """Count the cells that a column cannot do without."""
        words = (min(width(word), LEAST_HEAD) for word in self.heads[place].split(" "))
        return max([*words, *map(width, self._cells(place))])

    def _names(self) -> int:
        """Count the cells that the longest name beside values takes."""
        names = [name for name, values, _ in self.rows if values]
        return max(map(width, [self.title, *names]))

    def _room(self, places: Sequence[int], space: str) -> int:
        """Count the cells that columns, and the names beside them, cannot do without."""
        values = sum(len(space) + self._least(place) for place in places)
        return min(self._names(), self.least) + values

    def _parts(self, most: int) -> list[list[int]]:
        """Divide the columns of values among tables that fit."""
        parts: list[list[int]] = [[]]
        for place in range(len(self.heads)):
            if parts[-1] and self._room([*parts[-1], place], GUTTERS[0]) > most:
                parts.append([])
            parts[-1].append(place)
        return parts

    def _part(self, places: list[int], most: int, space: str) -> list[Line]:
        """Lay out some of the columns: first the values, then the names, last the heads."""
        wide = {j: self._least(j) for j in places}
        left = most - sum(wide.values()) - len(space) * len(places)
        names = min(self._names(), max(self.least, min(left, GOOD_NAME)))
        left -= names
        for j in places:
            more = min(max(0, width(self.heads[j]) - wide[j]), max(0, left))
            wide[j] += more
            left -= more
        names += min(self._names() - names, max(0, left))
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
        """Lay out the rows."""
        beside = [name for name, values, _ in self.rows if values]
        short = dict(zip(beside, cut_indented(beside, layout.names), strict=True))
        return [
            Line(self._row(short[name], [values[j] for j in layout.wide], layout), style)
            if values
            else Line(cut_middle(name, most), style)
            for name, values, style in self.rows
        ]

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
