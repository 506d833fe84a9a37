"""TableEncoder: a policy for each column of a table, and what it learns from training rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from glasslogit.errors import InputError, NotFittedError, TableError, is_one_of, told_as
from glasslogit.pages import how_many
from glasslogit.tables.column import Numbers, Text
from glasslogit.tables.column_types import number_in_text
from glasslogit.tables.dates import are_dates
from glasslogit.tables.encoding.columns import CategoryColumn, LearnedColumn, NumberColumn
from glasslogit.tables.encoding.encode import ONE_LEVEL, Encoding
from glasslogit.tables.encoding.encoded import Encoded
from glasslogit.tables.encoding.formula import Formula
from glasslogit.tables.encoding.grammar import parse
from glasslogit.tables.encoding.learn import as_type, learn_column
from glasslogit.tables.faults import LEFT_OUT
from glasslogit.tables.features import Transformer
from glasslogit.tables.fields import columns_named, read_na
from glasslogit.tables.frames import as_table
from glasslogit.tables.policies import (
    AS_DAYS,
    LEFT,
    MOST_FREQUENT,
    Category,
    Date,
    Missing,
    Number,
    Policy,
    Unseen,
    asked,
)
from glasslogit.tables.survey import nothing_left, type_columns
from glasslogit.tables.table import Table, refuse_missing, shorten, without_gaps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Dropped = tuple[tuple[str, str], ...]
    AnyPolicy = Number | Category | Date


@dataclass(eq=False)
class TableEncoder(Transformer):
    """Turn a table with numbers, categories and dates into columns of numbers.

    Parameters
    ----------
    columns
        The policy of a column by name: `Number`, `Category`, `Date`, or "drop". The type of the
        column decides for the rest: numbers and booleans are numbers, text is a category. A date
        needs a policy.
    missing, rare, unseen, standardise
        The policies of the columns that `columns` does not name; see `Number` and `Category`.
    na
        The words that stand for "no value", beside blank text: ``["NA"]`` in all columns,
        ``["age=-1"]`` in one; see `glasslogit.tables.read_na`. None leaves it to the table: those
        that `read_table` was given, and in a data frame none.
    ignore_case
        The columns of text in which case and blanks do not matter: Yes and YES are read as yes;
        those of `read_table` and these.
    formula
        The right side of a formula, such as ``"age + C(plan) * tenure + bs(income, 4)"``; then
        X holds its terms, and the policies are those of the columns in it.
    intercept
        Whether the model has an intercept. Without one the first category gives each of its levels
        a column, as in R: else the probability of its reference would be ½. `LogisticRegression`
        sets it to False where it has ``fit_intercept=False``; ``- 1`` in a formula means the same.

    Learned: `encoding_`, the rules; `feature_names_in_` and `n_features_in_`, the columns of the
    table that are used.

    `transform` refuses a table with a value that no policy covers, in one line (`TableError`).
    It never standardises: see `Number`.

    Examples
    --------
    >>> table = Table.of({"age": ["31", "45", "28"], "town": ["Ghent", "Bruges", "Ghent"]})
    >>> encoder = TableEncoder(columns={"town": Category(reference="Bruges")}).fit(table)
    >>> encoder.get_feature_names_out().tolist(), encoder.transform(table).tolist()
    (['age', 'town=Ghent'], [[31.0, 1.0], [45.0, 0.0], [28.0, 1.0]])

    """

    columns: Mapping[str, Policy] | None = None
    missing: Missing = field(default="error", kw_only=True)
    rare: int = field(default=0, kw_only=True)
    unseen: Unseen = field(default="error", kw_only=True)
    standardise: bool = field(default=False, kw_only=True)
    formula: str | None = field(default=None, kw_only=True)
    intercept: bool = field(default=True, kw_only=True)
    na: Sequence[str] | None = field(default=None, kw_only=True)
    ignore_case: Sequence[str] = field(default=(), kw_only=True)
    encoding_: Encoding = field(init=False, repr=False)

    def fit(self, X: Any, y: object = None) -> Self:
        """Learn from a table; `y` is not used."""
        del y
        table, dropped = self.typed(X)
        return self.set_encoding(self.learn(table, dropped=dropped))

    def transform(self, X: Any) -> NDArray[np.float64]:
        """Return the columns of X, (n, d)."""
        return self.encode(X).X

    def encode(self, X: Any) -> Encoded:
        """Read a table of which every row is complete; of the others the first is refused."""
        encoding, table = self._learned(), as_table(X)
        encoded = encoding.encode(table)
        refuse_missing(table, encoded.gaps, LEFT_OUT)
        return encoded

    def get_feature_names_out(self, input_features: object = None) -> NDArray[Any]:
        """Return the names of the columns of X."""
        del input_features
        return np.array(self._learned().feature_names, dtype=object)

    def set_encoding(self, encoding: Encoding) -> Self:
        """Take an encoding as what was learned."""
        self.encoding_ = encoding
        self.feature_names_in_ = np.array(encoding.names, dtype=object)
        self.n_features_in_ = len(encoding.names)
        return self

    def typed(self, X: Any) -> tuple[Table, Dropped]:
        """Give the columns of a table their types; also the columns of text that are no use."""
        table = as_table(X).ignoring_case(self.ignore_case)
        if self.na is not None:
            table = replace(table, na=read_na(self.na))
            for name in columns_named(table.na):
                table.check(name, "for which a word for no value is given")
        if not isinstance(X, Table):
            return table, ()
        given = self._policies()
        terms = () if self.formula is None else parse(self.formula).names
        if self.formula is not None:
            table = table.with_columns({name: table.column(name) for name in (*given, *terms)})
        drop = [name for name, each in given.items() if each == "drop"]
        categorical = [name for name, each in given.items() if isinstance(each, Category)]
        dates = [name for name, each in given.items() if isinstance(each, Date)]
        asked: dict[str, Any] = {"drop": drop, "categorical": categorical, "dates": dates}
        typed = type_columns(table, **asked, terms=terms)
        return typed.surveyed("indicator").table, typed.dropped

    def learn(
        self,
        table: Table,
        rows: NDArray[np.intp] | None = None,
        dropped: Dropped = (),
    ) -> Encoding:
        """Learn an encoding from a typed table, from `rows` of it if they are given.

        Where rows were taken from a table in which columns vary, and none varies in these rows, the
        intercept is what is left to learn.
        """
        policies, dropped = self._choose(table, dropped)
        typed = {name: as_type(table, name, policy) for name, policy in policies.items()}
        table = table.with_columns(typed)
        used = self._complete(table, policies) if rows is None else rows
        columns: list[LearnedColumn] = []
        for name, policy in policies.items():
            learned = learn_column(table, name, used, policy)
            if self.formula is not None and isinstance(learned, CategoryColumn):
                learned = learned.with_a_level()
            if learned.feature_names:
                columns.append(learned)
            else:
                dropped = (*dropped, (name, ONE_LEVEL))
        na, alike = tuple(sorted(table.na)), tuple(sorted(table.ignore_case))
        encoding = Encoding(tuple(columns), dropped, na=na, ignore_case=alike)
        if not columns and (self.formula is None or policies):
            if table.places is None or not self.intercept:
                raise nothing_left(table, dropped)
            return replace(encoding, formula=Formula.empty())
        if self.formula is not None:
            encoding = replace(encoding, formula=self._formula(table, columns, used))
        check_distinct(table, encoding.feature_names)
        return encoding

    def _policies(self) -> Mapping[str, Policy]:
        """Return the policies given by name, after a check."""
        given = {} if self.columns is None else self.columns
        if not isinstance(given, Mapping):
            raise InputError(f"columns={told_as(given)} is not valid; give policies by column name")
        for name, policy in given.items():
            if not (isinstance(policy, Number | Category | Date) or is_one_of(policy, ["drop"])):
                known = "Number(…), Category(…), Date(…) or 'drop'"
                raise InputError(
                    f"columns: {told_as(policy)} is not a policy for {name!r}; give {known}"
                )
        return given

    def _choose(
        self, table: Table, dropped: Dropped
    ) -> tuple[dict[str, Number | Category | Date], Dropped]:
        """Choose a policy for each column that is used."""
        given = self._policies()
        gone = dict(dropped)
        names, categories = table.names, frozenset[str]()
        if self.formula is not None:
            parsed = parse(self.formula)
            names, categories = parsed.names, parsed.categories
        for name in names:
            if name in gone:
                problem = f"column {name!r}, which the formula uses, is of no use: {gone[name]}"
                raise TableError(f"{table.source}: {problem}")
        for name in (*(each for each in given if each not in gone), *names):
            table.check(name)
        chosen: dict[str, Number | Category | Date] = {}
        for name in names:
            policy = given.get(name) or self._default(table, name, category=name in categories)
            if policy == "drop":
                dropped = (*dropped, (name, "left out on request"))
                continue
            if name in categories and not isinstance(policy, Category):
                raise InputError(f"formula: C({name}) is a category; its policy is {policy!r}")
            chosen[name] = policy
        return self._with_references(chosen), dropped

    def _with_references(self, chosen: dict[str, AnyPolicy]) -> dict[str, AnyPolicy]:
        """Give the categories the references that they are to be compared with.

        In a formula the first level is the one, and the formula's to leave out. Without an
        intercept the first category has none, unless another has none already.
        """
        categories = {name: each for name, each in chosen.items() if isinstance(each, Category)}
        if self.formula is not None:
            first = [name for name, each in categories.items() if each.reference == MOST_FREQUENT]
        elif self.intercept or None in [each.reference for each in categories.values()]:
            first = []
        else:
            first = list(categories)[:1]
        return chosen | {name: replace(categories[name], reference=None) for name in first}

    def _default(self, table: Table, name: str, *, category: bool) -> Number | Category:
        """Return the policy of a column that `columns` does not name."""
        column = table.column(name)
        numbers = isinstance(column, Numbers) or (not category and number_in_text(table, name))
        if category or (isinstance(column, Text) and not numbers and not are_dates(column)):
            return Category(rare=self.rare, unseen=self.unseen, missing=self.missing)
        if numbers:
            return Number(self.missing, self.standardise)
        remedy = f"{asked(name, AS_DAYS)} counts days, {asked(name, LEFT)} leaves it out"
        raise TableError(f"{table.source}: column {name!r} holds dates or times; {remedy}")

    def _complete(
        self, table: Table, policies: Mapping[str, Number | Category | Date]
    ) -> NDArray[np.intp]:
        """Return the rows to learn from; refuse missing values where the policy is "error"."""
        gaps = {name: column.gaps for name, column in table.columns.items()}
        wrong = {name: gaps[name] for name, each in policies.items() if each.missing == "error"}
        refuse_missing(table, wrong)
        left = [gaps[name] for name, each in policies.items() if each.missing == "drop"]
        rows = np.flatnonzero(without_gaps(left, table.n_rows))
        if not len(rows):
            counts = {name: int(gap.sum()) for name, gap in gaps.items() if gap.any()}
            listed = shorten(
                [f"{name!r} in {how_many(count, 'row')}" for name, count in counts.items()]
            )
            raise TableError(f"{table.source}: no complete row to learn from; missing: {listed}")
        return rows

    def _formula(
        self, table: Table, columns: Sequence[LearnedColumn], rows: NDArray[np.intp]
    ) -> Formula:
        values: dict[str, NDArray[Any]] = {}
        for column in columns:
            if isinstance(column, NumberColumn) and column.missing == "indicator":
                remedy = "set missing='drop', or fill the values in"
                raise InputError(f"formula: {column.name!r} has missing values; {remedy}")
            if isinstance(column, NumberColumn) and column.scale != 1:
                remedy = f"leave it out, or write scale({column.name})"
                raise InputError(f"formula: standardise does not reach its terms; {remedy}")
            values[column.name] = column.read(table).values[rows]
        parsed = parse(str(self.formula), intercept=self.intercept)
        given = self._policies()
        references = {c.name: getattr(given.get(c.name), "reference", "") for c in columns}
        keeps = tuple(name for name, reference in references.items() if reference is None)
        return Formula.learn(parsed, table, columns, values, keeps)

    def _learned(self) -> Encoding:
        if "encoding_" not in vars(self):
            raise NotFittedError("this TableEncoder is not fitted; call fit(X) first")
        return self.encoding_


def check_distinct(table: Table, names: Sequence[str]) -> None:
    """Refuse features whose names could not be told apart."""
    repeated = [name for name in set(names) if names.count(name) > 1]
    if repeated:
        problem = f"two columns of X would be named {min(repeated)!r}"
        raise TableError(f"{table.source}: {problem}; rename a column")
