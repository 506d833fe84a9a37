"""Texts that are dates: how they are written, and what to do so that their days can be counted."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import numpy as np

from glasslogit.tables.policies import AS_DAYS, LEFT, alternatives, asked
from glasslogit.tables.values import parse_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from glasslogit.errors import TableError
    from glasslogit.tables.column import Text
    from glasslogit.tables.table import Table

TWO_DIGITS = "with a year of two digits, which can be read in more than one way"
MOSTLY = 0.9  # from this share of the values on, a column is one of such numbers or dates
_DAY = r"\d{4}([-/.])\d{1,2}\1\d{1,2}|\d{1,2}([-/.])\d{1,2}\2\d{4}|\d{1,2}/\d{1,2}/\d{2}"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_IN_WORDS = rf"\d{{1,2}}[ -]{_MONTH}[ -]\d{{2,4}}|{_MONTH} \d{{1,2}},? \d{{4}}|{_MONTH}[ -]\d{{4}}"
_TIME = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[AaPp][Mm])?\s*(?:Z|[+-]\d{2}:?\d{2})?"
_DATE = re.compile(rf"(?:{_DAY}|{_IN_WORDS})(?:(?:T|,?\s+){_TIME})?|\d{{4}}-\d{{2}}", re.IGNORECASE)
_SMALL = r"(?:0?[1-9]|1[0-2])"  # a month
_LARGE = r"(?:0?[1-9]|[12]\d|3[01])"  # a day
# Of these each alone may be a version: they are dates where there are as many as an identifier has.
SHORT_DATE = re.compile(rf"{_LARGE}([-.]){_SMALL}\1\d{{2}}|{_SMALL}([-.]){_LARGE}\2\d{{2}}")
_BEFORE_TIME = re.compile(r"(?:T|,?\s+)(?=\d{1,2}:)")
_HOURS = re.compile(r"(?P<hour>\d{1,2}):(?P<rest>[\d:.,]+)\s*(?P<half>[AaPp]?)[Mm]?\s*(?P<zone>.*)")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NAMED = re.compile(
    rf"(?:(?P<first>\d{{1,2}})[ -])?(?P<month>{_MONTH})[ -]"
    r"(?:(?P<last>\d{1,2}),? )?(?P<year>\d{4})",
    re.IGNORECASE,
)
_SHORT_YEAR = re.compile(r"^\d{1,2}([-/.])\d{1,2}\1\d{2}(?!\d)")
_NUMBERS = re.compile(r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})")
_ORDERS = {"dmy": "day{0}month{0}year", "mdy": "month{0}day{0}year", "ymd": "year{0}month{0}day"}


def matching(column: Text, pattern: re.Pattern[str]) -> NDArray[np.bool_]:
    """Tell which levels are written in a certain way, (levels,)."""
    return np.array([pattern.fullmatch(level) is not None for level in column.levels], bool)


def mostly(column: Text, levels: NDArray[np.bool_]) -> bool:
    """Tell whether nine in ten of the values that are present are of some levels."""
    counts, present = column.counts, ~column.missing
    found = counts[levels & present].sum()
    return bool(found and found >= MOSTLY * counts[present].sum())


def are_dates(column: Text) -> bool:
    """Tell whether nine in ten of the values that are present are dates."""
    return mostly(column, matching(column, _DATE))


def countable(column: Text) -> NDArray[np.bool_]:
    """Tell which levels are dates whose days can be counted, (levels,)."""
    return np.array([not math.isnan(parse_date(level)) for level in column.levels], bool)


def refused_date(table: Table, name: str, as_is: str) -> TableError:
    """Describe a column of dates: name the first value of which no days can be counted.

    If there is none, name the first value. By `as_is` the column can be taken as text.
    """
    column, days = table.text(name), countable(table.text(name))
    there = (column.counts > 0) & ~column.missing
    good, bad = there & days, there & ~days
    if not bad.any():
        problem = f"is a date; count the days from the earliest: {asked(name, AS_DAYS)}"
        remedy = alternatives(problem, f"leave it out: {asked(name, LEFT)}", as_is)
        return table.fault(name, _first(column, good), remedy)
    dates = bad & (matching(column, _DATE) | matching(column, SHORT_DATE))
    known, total = int(column.counts[good].sum()), int(column.counts[there].sum())
    place = _first(column, bad if known > total / 2 else dates)
    value, orders = column.value(place), _orders(column, dates)
    ways = [*dict.fromkeys(filter(None, (in_iso(value, order) for order in orders)))]
    if known > total / 2:
        such = column.value(_first(column, good))
        problem = f"is not a date such as {such}, as {known:,} of {total:,} values are; "
        problem += _written(ways) if ways else "correct it"
    else:
        told = len(ways) == 1 and _NUMBERS.match(value) is not None
        which = f" of {_order_in_words(value, orders[0])}" if told else ""
        short = _SHORT_YEAR.search(value) and not ways
        which = f" {TWO_DIGITS}" if short else which
        problem = f"is a date{which}; {_written(ways or ['2024-01-31'])}"
        problem += ", of which days can be counted"
    remedy = alternatives(problem, f"leave the column out: {asked(name, LEFT)}", as_is)
    return table.fault(name, place, remedy)


def _first(column: Text, levels: NDArray[np.bool_]) -> int:
    """Give the place of the first row that holds one of some levels."""
    return int(np.argmax(levels[column.codes]))


def _orders(column: Text, dates: NDArray[np.bool_]) -> Sequence[str]:
    """Give the orders of day, month and year that most of some dates may have: two are in doubt."""
    rows = {
        order: sum(
            int(column.counts[code])
            for code in np.flatnonzero(dates).tolist()
            if in_iso(column.levels[code], order)
        )
        for order in _ORDERS
    }
    return [order for order, count in rows.items() if count and count == max(rows.values())]


def in_iso(text: str, order: str) -> str:
    """Write a date whose day, month and year stand in an order as 2024-01-31; blank if it is none.

    A month that has a name is in no doubt, and a time of the day stays.

    >>> in_iso("9.7.2020", "dmy"), in_iso("9.7.2020", "mdy"), in_iso("13.7.2020", "mdy")
    ('2020-07-09', '2020-09-07', '')
    >>> in_iso("July 9, 2020", "dmy"), in_iso("9.7.2020 4:05 pm", "dmy"), in_iso("Jul-2020", "dmy")
    ('2020-07-09', '2020-07-09 16:05', '2020-07')
    """
    day, _, time = _BEFORE_TIME.sub("\n", text, count=1).partition("\n")
    numbers, named = _NUMBERS.fullmatch(day), _NAMED.fullmatch(day)
    if numbers is not None:
        parts = dict(zip(order, numbers.group(1, 3, 4), strict=True))
    elif named is not None:
        first, last = named["first"] or "", named["last"] or ""
        parts = {"d": first or last, "m": str(1 + _MONTHS.index(named["month"][:3].lower()))}
        parts["y"] = named["year"]
    else:
        return ""
    iso = "-".join([parts["y"], *(f"{parts[each]:0>2}" for each in "md" if parts[each])])
    iso += time and f" {_time_in_iso(time)}"
    return "" if math.isnan(parse_date(iso)) else iso


def _time_in_iso(text: str) -> str:
    """Write a time of the day with 24 hours, and with a point."""
    found = _HOURS.fullmatch(text)
    if found is None:
        return text
    half = found["half"].lower()
    hour = int(found["hour"]) if not half else int(found["hour"]) % 12 + 12 * (half == "p")
    return f"{hour:02}:{found['rest'].replace(',', '.')}{found['zone']}"


def _order_in_words(text: str, order: str) -> str:
    """Say in which order day, month and year stand in a date, with its own sign between them."""
    return _ORDERS[order].format(re.sub(r"\d", "", text)[0])


def _written(ways: Sequence[str]) -> str:
    """Say how a date is to be written; where there are two ways, the user knows which it is."""
    return f"write it as {' or '.join(ways)}" + (", whichever it is" if len(ways) > 1 else "")
