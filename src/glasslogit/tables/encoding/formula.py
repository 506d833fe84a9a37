"""Formulas as in R, `churn ~ age + C(plan) * tenure + bs(income, 4)`, through formulaic.

Wilkinson & Rogers, "Symbolic description of factorial models for analysis of variance", 1973.

What the functions of a formula learn from the training rows (knots, means, norms) is plain
numbers, kept in the model file. What a formula may hold is said in `grammar.py`.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.errors import InputError, TableError
from glasslogit.tables.encoding.columns import CategoryColumn, LearnedColumn, as_text
from glasslogit.tables.encoding.expansion import check_columns
from glasslogit.tables.encoding.functions import own_functions
from glasslogit.tables.encoding.grammar import (
    Parsed,
    check_numbers,
    names_by_term,
    one_line,
    parse,
    quoted,
)
from glasslogit.tables.encoding.learned import as_json, check_state, made_up
from glasslogit.tables.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from glasslogit.tables.table import Table

MADE_UP_ROWS = 60  # made up to check what is stored
BEYOND = (
    "has no value beyond its bounds, by default those of training",
    "set extrapolation='clip' or 'extend'",
)
NO_VALUE = "has no finite value", "correct what it is computed of, or leave the row out"
ROWS_AT_ONCE = 2**16  # rows computed together; pandas computes many more in another way


@dataclass(frozen=True)
class Formula:
    """The right side of a formula with what it learned from the training rows."""

    text: str
    intercept: bool  # False where the model has none, or the text takes it away
    feature_names: tuple[str, ...]
    terms: tuple[str, ...]  # the term of each feature
    all_levels: tuple[str, ...]  # categories of which every level has a column in each term
    state: Mapping[str, Any]  # function call -> what it learned

    @classmethod
    def learn(
        cls,
        parsed: Parsed,
        table: Table,
        columns: Sequence[LearnedColumn],
        values: Mapping[str, NDArray[Any]],
        all_levels: tuple[str, ...] = (),
    ) -> Formula:
        """Learn from the values of the columns; raises `InputError` or `TableError`."""
        text, intercept = parsed.text, parsed.intercept
        if not columns:
            return cls(text, intercept, (), (), (), {})
        rows = _Rows.of(columns, values, all_levels)
        check_columns(parsed.terms, parsed.factors, columns)
        where = f"{table.source}: formula {quoted(text)}"
        levels = [each.name for each in columns if isinstance(each, CategoryColumn)]
        check_numbers(parsed, levels, where)
        spec = _computed(parsed.terms, rows, {}, where).model_spec
        terms = _terms_of(spec)
        elsewhere = {each.name for each in columns if constant_in_rows(each, table)}
        names = names_by_term(parsed)
        for term in map(str, parsed.terms):
            if term != "1" and term not in terms and not elsewhere & {*names[term]}:
                problem = f"{term!r} has one level only, so no column of X"
                raise TableError(f"{where}: {problem}; leave it out")
        try:
            state = check_state(as_json(spec.transform_state))
        except (TypeError, ValueError) as error:
            raise TableError(f"{where} cannot be computed: {error}") from None
        return cls(text, intercept, _names_of(spec), terms, all_levels, state)

    @classmethod
    def empty(cls) -> Formula:
        """Give the formula of the intercept alone."""
        return cls("1", True, (), (), (), {})

    @property
    def parsed(self) -> Parsed:
        """The text, parsed."""
        return parse(self.text, intercept=self.intercept)

    def matrix(
        self, columns: Sequence[LearnedColumn], values: Mapping[str, NDArray[Any]], n: int
    ) -> NDArray[np.float64]:
        """Compute the columns of X (n, d); where a function has no value, it is not finite."""
        if not columns:
            return np.empty((n, 0))
        all_rows, where = _Rows.of(columns, values, self.all_levels), f"formula {quoted(self.text)}"
        parts: list[NDArray[np.float64]] = []
        for start in range(0, n, ROWS_AT_ONCE):
            part = all_rows.part(start, start + ROWS_AT_ONCE)
            made = _computed(self.parsed.terms, part, self.state, where)
            if _names_of(made.model_spec) != self.feature_names:
                raise InputError(f"{where} no longer gives the columns it was fitted on")
            parts.append(np.asarray(made, dtype=np.float64)[:, _places_of(made.model_spec)])
        return np.concatenate(parts)

    def faults(self, X: NDArray[np.float64], rows: NDArray[np.intp]) -> list[Fault]:
        """Say where the columns of X are not finite; `rows` are the places in the table, (n,)."""
        wrong, found = ~np.isfinite(X), list[Fault]()
        for term in dict.fromkeys(np.array(self.terms)[wrong.any(axis=0)].tolist()):
            places = [j for j, other in enumerate(self.terms) if other == term]
            problem, remedy = BEYOND if "bs(" in term else NO_VALUE
            at_fault = rows[wrong[:, places].any(axis=1)]
            found.append(Fault(term, problem, remedy, at_fault, self.sources[places[0]]))
        return found

    @property
    def sources(self) -> tuple[tuple[str, ...], ...]:
        """The columns of the table that each feature is made of, in the order of the term."""
        of_term = names_by_term(self.parsed)
        return tuple(of_term[term] for term in self.terms)

    def to_dict(self) -> dict[str, Any]:
        """Describe the formula by JSON types only."""
        names = {"features": list(self.feature_names), "terms": list(self.terms)}
        more = {"all_levels": list(self.all_levels), "state": as_json(self.state)}
        return {"text": self.text, "intercept": self.intercept, **names, **more}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any], columns: Sequence[LearnedColumn]) -> Formula:
        """Build the formula that `to_dict` described, after checking that it holds no code."""
        text = as_text(stored["text"])
        if not isinstance(stored["intercept"], bool):
            raise TypeError(f"{stored['intercept']!r} is neither true nor false")
        parsed = parse(text, intercept=stored["intercept"])
        if set(parsed.names) != {column.name for column in columns}:
            raise ValueError("the formula does not use the columns that are stored")
        names, terms, all_levels = (
            tuple(map(as_text, stored[key])) for key in ("features", "terms", "all_levels")
        )
        if (names and not columns) or len(names) != len(terms):
            raise ValueError("the formula has not one term for each feature")
        categories = [each for each in columns if isinstance(each, CategoryColumn)]
        if not {*all_levels} <= {each.name for each in categories if each.reference is None}:
            raise ValueError(
                "the formula keeps every level of a column that is no category, or has a "
                "reference level"
            )
        formula = cls(
            text, parsed.intercept, names, terms, all_levels, check_state(stored["state"])
        )
        if not columns:
            return formula
        check_columns(parsed.terms, parsed.factors, columns)
        _check_intact(parsed, columns, formula, f"the formula {quoted(text)}")
        return formula


@dataclass(frozen=True, eq=False)
class _Rows:
    """Rows as formulaic reads them: numbers, and categories with all their levels.

    Of those in `all_levels` every level has a column in every term: formulaic takes them for
    several columns of numbers, of which it leaves out none.
    """

    frame: Any
    all_levels: Sequence[str]

    @staticmethod
    def of(
        columns: Sequence[LearnedColumn],
        values: Mapping[str, NDArray[Any]],
        all_levels: Sequence[str],
    ) -> _Rows:
        """Take the values of columns, which for a category are the places of its levels."""
        import pandas as pd  # noqa: PLC0415  formulaic brings it

        data: dict[str, Any] = {}
        for column in columns:
            if isinstance(column, CategoryColumn):
                reference = () if column.reference is None else (column.reference,)
                codes = values[column.name] + len(reference)  # −1: unseen, without a reference
                data[column.name] = pd.Categorical.from_codes(codes, [*reference, *column.levels])
            else:
                data[column.name] = values[column.name]
        return _Rows(pd.DataFrame(data), all_levels)

    def part(self, start: int, stop: int) -> _Rows:
        """Give some of the rows."""
        return _Rows(self.frame.iloc[start:stop].reset_index(drop=True), self.all_levels)

    def split(self) -> tuple[Any, dict[str, Any]]:
        """Give the frame without the categories in `all_levels`, and their indicators."""
        from formulaic.materializers.types import FactorValues  # noqa: PLC0415

        indicators = {}
        for name in self.all_levels:
            held = self.frame[name]
            levels = {level: 1.0 * (held == level).to_numpy() for level in held.cat.categories}
            indicators[name] = FactorValues(levels, kind="numerical", spans_intercept=False)
        return self.frame.drop(columns=list(self.all_levels)), indicators


def constant_in_rows(column: LearnedColumn, table: Table) -> bool:
    """Tell whether a category has one level in the rows that are learned from, and others else."""
    if not isinstance(column, CategoryColumn) or len(column.known) > 1:
        return False
    text = table.text(column.name)  # which keeps the levels of rows that were left out
    return len(text.levels) - int(text.missing.sum()) > 1


def _computed(terms: Any, rows: _Rows, state: Mapping[str, Any], where: str) -> Any:
    """Compute the columns, the intercept first if there is one; `state` empty means to learn."""
    from formulaic import ModelSpec  # noqa: PLC0415

    learned = {call: dict(each) for call, each in state.items()}
    spec = ModelSpec(terms, output="numpy", na_action="ignore", transform_state=learned)
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            frame, indicators = rows.split()
            return spec.get_model_matrix(frame, context=own_functions() | indicators)
    except Exception as error:  # noqa: BLE001  whatever the functions find wrong with the values
        cause = error.__cause__ or error.__context__ or error
        problem = one_line(cause)
        raise TableError(f"{where} cannot be computed: {problem}") from None


def _check_intact(
    parsed: Parsed, columns: Sequence[LearnedColumn], formula: Formula, where: str
) -> None:
    """Refuse stored features, terms or states unlike those that made-up rows give.

    What is missing would be learned from the rows to predict.
    """
    values: dict[str, NDArray[Any]] = {}
    for column in columns:
        values[column.name] = np.ones(MADE_UP_ROWS)
        if isinstance(column, CategoryColumn):
            first = 0 if column.reference is None else -1
            values[column.name] = first + np.arange(MADE_UP_ROWS) % len(column.known)
    wide = made_up(formula.state)  # knots that leave no made-up row outside
    rows_made_up = _Rows.of(columns, values, formula.all_levels)
    made = _computed(parsed.terms, rows_made_up, wide, where).model_spec
    same = _names_of(made) == formula.feature_names
    known = set(made.transform_state) == set(formula.state)
    if not (same and known and _terms_of(made) == formula.terms):
        raise ValueError("the formula's features, or what its functions learned, are not whole")


def _places_of(spec: Any) -> list[int]:
    """Give the places of the columns of X, those of all terms but the intercept."""
    terms = ((str(term), each) for term, each in spec.term_indices.items())
    return sorted(place for term, each in terms if term != "1" for place in each)


def _names_of(spec: Any) -> tuple[str, ...]:
    """Give the names of the columns of X."""
    return tuple(spec.column_names[place] for place in _places_of(spec))


def _terms_of(spec: Any) -> tuple[str, ...]:
    """Give the term of each column of X."""
    of_place = {place: str(term) for term, each in spec.term_indices.items() for place in each}
    return tuple(of_place[place] for place in _places_of(spec))
