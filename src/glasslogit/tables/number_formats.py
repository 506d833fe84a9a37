"""Numbers as people write them: $1,344.91, 1.344,91 €, 20.3%, (1,200), 1 234,5 and 1'234.50.

A column is read so where every value that is present is such a number, of one unit, and can be
read in one way only. Two things make a format: the decimal mark and the unit. With the mark known
all others that stand before groups of three digits are of thousands; commas may also stand before
groups of two, as in India: 1,23,456.78. A number in parentheses is negative, as in accounts, and so
is one with decimals or groups before a minus, 1,234.50-, as business programs write it. A
percentage is read as its number, 20.3 for 20.3%.

What can be read in two ways is never guessed: 1,200 alone may be 1200 or 1.2. What decides is
another value of the column, such as 1,5 or 1,200.50, another column of the file, or the user.

How a number is written is its *shape*: the text with 0 for a zero in front and 1 for every other
digit. A column has few shapes however many rows it has, and they decide.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from glasslogit.errors import InputError

DECIMAL_MARKS = (".", ",")  # what may stand before decimals
SPACES, APOSTROPHES = " \u00a0\u2009\u202f", "'’"  # what else may stand between thousands
MINUS = "-−"
PARTS = ("%", "‰")
# The currencies most traded (BIS, "Triennial Central Bank Survey", 2022), and signs of Unicode.
CODES = (
    *("USD", "EUR", "JPY", "GBP", "CNY", "AUD", "CAD", "CHF", "HKD", "SGD", "SEK", "KRW", "NOK"),
    *("NZD", "INR", "MXN", "TWD", "ZAR", "BRL", "DKK", "PLN"),
)
CURRENCY = rf"(?:[A-Z]{{0,2}}[$¢£¤¥฿\u20a0-\u20cf]|{'|'.join(CODES)})"
UNIT = re.compile(rf"{CURRENCY}|[{''.join(PARTS)}]")
INDIAN = "|[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}"  # 1,23,456
FIRST_DIGIT = re.compile(r"^([^0-9]*)0")
DIGIT, FRONT_ZERO = re.compile("[0-9]"), "\0"  # stands for a zero in front while others become 1
AROUND_DIGITS = re.compile(r"([^0-9]*)[0-9](?:.*[0-9])?([^0-9]*)")
IN_PARENTHESES = re.compile(r"\([0-9]+\)")


def check_decimal(mark: str | None) -> str | None:
    """Refuse what is no decimal mark; None is one that is not said."""
    if mark not in {None, *DECIMAL_MARKS}:
        raise InputError(f"decimal={mark!r} is not valid; give '.' or ','")
    return mark


def other_mark(decimal: str | None) -> str:
    """Give the mark that stands before thousands where another is the decimal one."""
    return DECIMAL_MARKS[decimal == DECIMAL_MARKS[0]]


@dataclass(frozen=True)
class NumberFormat:
    """How the numbers of a column are written: their decimal mark, if it is known, and unit.

    >>> NumberFormat(",", "€").number("1.344,91 €"), NumberFormat(".").number("(1,200)")
    (1344.91, -1200.0)
    >>> NumberFormat(None).number("1 234,5"), NumberFormat(None).number("1,234")
    (1234.5, None)
    """

    decimal: str | None  # None where no number has one
    unit: str = ""

    def number(self, text: str) -> float | None:
        """Read a number, or give None if the text is not one of this format."""
        read = {_number(text, mark, self.unit) for mark in self.marks} - {None}
        return read.pop() if len(read) == 1 else None

    def write(self, number: str, like: str = "") -> str:
        """Write a number, that is given as programs write it, in this format.

        Its unit stands where it does in the number `like` it, if one is given.

        >>> NumberFormat(",", "€").write("-1200.5"), NumberFormat(".", "%").write("20.3")
        ('-€1200,5', '20.3%')
        >>> NumberFormat(",", "€").write("-1200.5", like="1.344,91 €")
        '-1200,5 €'
        """
        sign, digits = number[: number.startswith("-")], number.removeprefix("-")
        digits = digits.replace(".", self.decimal or ".")
        before, after = ("", self.unit) if self.unit in PARTS else (self.unit, "")
        if around := AROUND_DIGITS.fullmatch(like.strip()):
            before, after = (part.strip(f"+{MINUS}()") for part in around.groups())
        return f"{sign}{before}{digits}{after}"

    @property
    def said(self) -> str:
        """Say how numbers of the format are written."""
        mark = "" if self.decimal is None else f" with the decimal mark {self.decimal!r}"
        return f"{mark}{' and' if mark and self.unit else ''}" + (
            f" with {self.unit!r}" if self.unit else ""
        )

    def as_json(self) -> dict[str, Any]:
        """Describe the format by JSON types only."""
        return {"decimal": self.decimal, "unit": self.unit}

    @classmethod
    def from_json(cls, stored: Any) -> NumberFormat | None:
        """Build what `as_json` described, None of None; raises `ValueError`."""
        if stored is None:
            return None
        if not isinstance(stored, dict) or set(stored) != {"decimal", "unit"}:
            raise ValueError("the format of a number is not its decimal mark and unit")
        decimal, unit = stored["decimal"], stored["unit"]
        known = isinstance(unit, str) and (not unit or UNIT.fullmatch(unit))
        if decimal not in {None, *DECIMAL_MARKS} or not known:
            raise ValueError("the format of a number has a decimal mark or unit that is not known")
        return cls(decimal, unit)

    @property
    def marks(self) -> tuple[str, ...]:
        """The decimal marks that numbers may have."""
        return DECIMAL_MARKS if self.decimal is None else (self.decimal,)


@cache
def pattern(decimal: str) -> re.Pattern[str]:
    """Give the pattern of a number with this decimal mark, or none."""
    point, other = map(re.escape, (decimal, other_mark(decimal)))
    marks = (other, f"[{SPACES}]", f"[{APOSTROPHES}]")
    grouped = "|".join(rf"[1-9][0-9]{{0,2}}(?:{mark}[0-9]{{3}})+" for mark in marks)
    grouped += INDIAN if other == "," else ""
    digits = rf"(?:{grouped}|0|[1-9][0-9]*)(?:{point}[0-9]*)?|{point}[0-9]+"
    number = rf"(?P<digits>(?:{digits})(?:[eE][-+]?[0-9]+)?)"
    before = rf"(?P<before>{CURRENCY})?"
    signed = rf"(?P<sign>[-+−])?\s*{before}\s*(?P<late>[-+−])?"
    after = rf"(?P<after>{CURRENCY}|[{''.join(PARTS)}])?"
    last = rf"(?P<last>[{MINUS}])?\s*{after}\s*(?P<close>\))?"
    return re.compile(rf"(?P<open>\()?\s*{signed}\s*{number}\s*{last}")


def _read(text: str, decimal: str) -> tuple[str, str, bool] | None:
    """Give the digits, the unit, and whether the number is negative, if the text is a number."""
    match = pattern(decimal).fullmatch(text.strip())
    if match is None:
        return None
    part = match.groupdict()
    signs = [each for each in (part["open"], part["sign"], part["late"], part["last"]) if each]
    if part["last"] and part["digits"].isdigit():
        return None  # a mark such as 3-, or a range without an end
    if len(signs) > 1 or bool(part["open"]) != bool(part["close"]):
        return None
    if part["before"] and part["after"]:
        return None
    return part["digits"], part["before"] or part["after"] or "", bool(signs) and signs != ["+"]


def _number(text: str, decimal: str, unit: str) -> float | None:
    read = _read(text, decimal)
    if read is None or read[1] != unit:
        return None
    digits = re.sub(f"[{other_mark(decimal)}{SPACES}{APOSTROPHES}]", "", read[0])
    size = float(digits.replace(decimal, "."))
    return -size if read[2] else size


def shape(text: str) -> str:
    """Give the shape of a text: what it is written like, whatever its digits.

    >>> shape("$1,344.91"), shape("0,125"), shape("007")
    ('$1,111.11', '0,111', '011')
    """
    return DIGIT.sub("1", FIRST_DIGIT.sub(rf"\g<1>{FRONT_ZERO}", text)).replace(FRONT_ZERO, "0")


def formats_of(shapes: Iterable[str], decimal: str | None = None) -> tuple[NumberFormat, ...]:
    """Give the formats by which all shapes are numbers: none, one, or two that read differently.

    `decimal` is the mark that is said to be the decimal one.

    >>> formats_of(["$1,111.11", "$111"]), formats_of(["1,111", "111"], ".")
    ((NumberFormat(decimal='.', unit='$'),), (NumberFormat(decimal='.', unit=''),))
    >>> len(formats_of(["1,111", "111"])), formats_of(["11%", "1.1"])
    (2, ())
    """
    shapes = [each.strip() for each in shapes]
    if not shapes or all(map(IN_PARENTHESES.fullmatch, shapes)):
        return ()  # numbers of which each stands in parentheses are negative, or they are notes
    found = []
    for mark in DECIMAL_MARKS if decimal is None else (decimal,):
        units = {None if (read := _read(each, mark)) is None else read[1] for each in shapes}
        if len(units) == 1 and None not in units:
            found.append(NumberFormat(mark, str(units.pop())))
    if len(found) == 2 and not _first_doubtful(found, shapes):
        return (NumberFormat(None, found[0].unit),)
    return tuple(found)


def marks_of(text: str) -> frozenset[str]:
    """Give the decimal marks by which a text is a number: both, if it has none.

    >>> [sorted(marks_of(text)) for text in ("1.344,91 €", "1693.66", "1,344", "twelve")]
    [[','], ['.'], [',', '.'], []]
    """
    return frozenset(mark for mark in DECIMAL_MARKS if _read(text, mark) is not None)


def most_frequent(times: Mapping[str, int]) -> NumberFormat | None:
    """Give the format that most texts have, by how often each stands; None if none has one."""
    found = Counter[NumberFormat]()
    for text, count in times.items():
        for mark in DECIMAL_MARKS:
            read = _read(text, mark)
            if read is not None:
                found[NumberFormat(mark, read[1])] += count
    return max(found, key=lambda how: found[how], default=None)


def by_unit(texts: Iterable[str]) -> dict[str, str]:
    """Give the units that numbers of one decimal mark have, each with the first text that has it.

    >>> by_unit(["€171", "$322", "€5"]), by_unit(["€171", "five"])
    ({'€': '€171', '$': '$322'}, {})
    """
    texts = [*texts]
    for mark in DECIMAL_MARKS:
        found = dict[str, str]()
        for text in texts:
            read = _read(text, mark)
            if read is None:
                break
            found.setdefault(read[1], text)
        else:
            return found
    return {}


def _first_doubtful(formats: Sequence[NumberFormat], texts: Iterable[str]) -> str | None:
    """Give the first text that the formats read differently."""
    return next((text for text in texts if len({each.number(text) for each in formats}) > 1), None)
