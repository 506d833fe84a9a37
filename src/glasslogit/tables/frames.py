"""A data frame of pandas, polars, pyarrow or DuckDB becomes a `Table`, through narwhals.

Null and NaN are missing. Whole numbers beyond 2⁵³ are refused: a float64 would round them, and
numbers so large are nearly always identifiers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.errors import MissingExtraError, TableError
from glasslogit.inputs import (
    LARGEST_EXACT,
    column_labels,
    is_frame,
    is_no_value,
    is_query,
    label_text,
    refuse_dicts,
    refuse_rounding,
    text_names,
)
from glasslogit.pages import how_many
from glasslogit.tables.column import Column, Numbers, Text, Times
from glasslogit.tables.frame_text import category_codes, mixed_text, text_column, truths, with_blank
from glasslogit.tables.labels import read_labels
from glasslogit.tables.table import Table, refuse_file_name
from glasslogit.tables.values import MICROSECONDS, NEEDED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray


SOURCE = "X"
KIND_NAMES = {"number": "a number", "text": "text", "date": "a date", "duration": "a duration"}


class LazyColumns(Mapping[str, Column]):
    """The columns of a frame by name, each read when it is first asked for."""

    def __init__(self, frame: Any, read_column: Callable[[str, Any], Column]) -> None:
        self.frame, self.read_column = frame, read_column
        self.read: dict[str, Column] = {}

    def __getitem__(self, name: str) -> Column:
        if name not in self.read:
            self.read[name] = self.read_column(name, self.frame[name])
        return self.read[name]

    def __contains__(self, name: object) -> bool:
        return name in self.frame.columns

    def __iter__(self) -> Iterator[str]:
        return iter(self.frame.columns)

    def __len__(self) -> int:
        return len(self.frame.columns)


def as_table(X: Any) -> Table:
    """Return a table of typed columns, read when they are used; one from a file as it is.

    Raises
    ------
    TableError
        If X is not a table or is empty; later, if a column that is used is of mixed types or of
        a type that is neither numbers, text nor times; names column, row and both types.
    MissingExtraError
        If narwhals is not installed.

    """
    return _table(X, _column)


def as_mixed_table(X: Any) -> Table:
    """Return a table as `as_table`, in which text may stand among numbers: all is text then."""
    return _table(X, _column_or_mixed)


def _table(X: Any, read_column: Callable[[str, Any], Column]) -> Table:
    if isinstance(X, Table):
        return X
    frame = collected(X)
    names = [str(name) for name in frame.columns]
    if not len(frame):
        raise TableError(f"{SOURCE}: has 0 rows and {how_many(len(names), 'column')}; need both")
    return Table(
        SOURCE, LazyColumns(frame, read_column), first_row=0, na=frozenset(), length=len(frame)
    )


def collected(X: Any) -> Any:
    """Return the frame in memory, as narwhals shows it."""
    refuse_file_name(X)
    refuse_dicts(X, SOURCE)
    try:
        import narwhals.stable.v2 as nw  # noqa: PLC0415  an extra is imported where it is used
    except ImportError:
        raise MissingExtraError("narwhals", "frames") from None
    if not is_frame(X):
        kind = type(X).__name__
        remedy = "give a table with column names, of pandas, polars, pyarrow or DuckDB"
        raise TableError(f"{SOURCE} is of type {kind}; {remedy}")
    if type(X).__name__ == "RecordBatch":
        import pyarrow as pa  # noqa: PLC0415

        X = pa.Table.from_batches([X])
    if not is_query(X):
        column_labels(X)  # refuses names that stand twice
    X = plainly_typed(X) if hasattr(X, "iloc") else X
    try:
        frame = nw.from_native(X)
    except Exception as error:  # noqa: BLE001  narwhals hands on what each library raises
        raise TableError(
            f"{SOURCE}: cannot be read: {' '.join(str(error).split())[:200]}"
        ) from None
    return frame.collect() if isinstance(frame, nw.LazyFrame) else frame


def plainly_typed(X: Any) -> Any:
    """Give a frame of pandas with names of text, and with its sparse columns as others are.

    >>> import pandas as pd
    >>> plainly_typed(pd.DataFrame({0: pd.arrays.SparseArray([1, 0])})).dtypes.to_dict()
    {'0': dtype('int64')}
    """
    names = list(map(label_text, column_labels(X) or ()))
    X = X if text_names(X.columns) else X.set_axis(names, axis=1)
    places = [j for j, kind in enumerate(X.dtypes) if type(kind).__name__ == "SparseDtype"]
    return X.astype({names[j]: X.dtypes.iloc[j].subtype for j in places}) if places else X


def take_target(X: Any, name: str) -> tuple[Any, NDArray[Any]]:
    """Split the target off a table: the table without it, and the labels (n,)."""
    if isinstance(X, Table):
        labels, known = read_labels(X, name)
        if not known.all():
            row = X.numbers[int(known.argmin())]
            problem = f"row {row}, column {name!r}: the target is missing"
            raise TableError(f"{X.source}: {problem}; label the row or leave it out")
        columns = {each: column for each, column in X.columns.items() if each != name}
        return X.with_columns(columns), labels
    if not is_frame(X):
        refuse_file_name(X)
        refuse_dicts(X, SOURCE)
        problem = f"y={name!r} names a column, but X is of type {type(X).__name__}"
        raise TableError(f"{problem}; give a table, or y as an array")
    frame = collected(X)
    as_table(X).check(name)
    series = frame[name]
    if len(frame.columns) == 1:  # a frame without columns would not know how many rows it has
        return Table(SOURCE, {}, first_row=0, length=len(frame)), _labels(series)
    return frame.drop(name).to_native(), _labels(series)


def take_columns(X: Any, names: Sequence[str]) -> Any:
    """Take some columns of a table, those that a model was trained with, in this order.

    >>> import pandas as pd
    >>> take_columns(pd.DataFrame({"a": [1], "b": [2], "c": [3]}), ["c", "a"]).columns.tolist()
    ['c', 'a']
    """
    frame = None if isinstance(X, Table) else collected(X)
    table = as_table(X if frame is None else frame)
    for name in names:
        table.check(name, NEEDED)
    if frame is None:
        return table.with_columns({name: table.columns[name] for name in names})
    return frame.select(*names).to_native()


def _labels(series: Any) -> NDArray[Any]:
    """Give the labels of a column, (n,): numbers, or objects where they are anything else."""
    import narwhals.stable.v2 as nw  # noqa: PLC0415

    if series.dtype == nw.String and not series.is_null().any():
        text = text_column(series)
        return np.array(text.levels, dtype=object)[text.codes]
    values = series.to_numpy()
    return values if values.dtype.kind in "biuf" else np.array(series.to_list(), dtype=object)


def read_query(part: Any) -> NDArray[Any]:
    """Read labels, weights or offsets out of a query; a lone column is flat."""
    values = collected(part).to_numpy()
    return np.asarray(values[:, 0] if values.shape[1] == 1 else values)


def _column(name: str, series: Any) -> Column:
    """Read one column by its type."""
    import narwhals.stable.v2 as nw  # noqa: PLC0415

    kind = series.dtype
    if kind == nw.Boolean or kind.is_numeric():
        numbers = _numbers(name, series, whole=kind.is_integer())
        return truths(numbers.values) if kind == nw.Boolean else numbers
    if kind == nw.String:
        return text_column(series)
    if kind in (nw.Categorical, nw.Enum):
        return _category(name, series)
    if kind in (nw.Datetime, nw.Date):
        if getattr(kind, "time_zone", None):
            series = series.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        days = series.cast(nw.Datetime("us")).dt.timestamp("us")
        return Times(_floats(days) / MICROSECONDS)
    if kind == nw.Duration:
        return Times(_floats(series.dt.total_microseconds()) / MICROSECONDS, durations=True)
    if kind in (nw.Object, nw.Unknown) or series.is_null().all():
        return _objects(name, series)
    remedy = "turn it into numbers or text, or leave it out before"
    raise TableError(f"{SOURCE}: column {name!r} is of type {kind}; {remedy}")


def _column_or_mixed(name: str, series: Any) -> Column:
    """Read one column by its type, one of text and numbers as text."""
    import narwhals.stable.v2 as nw  # noqa: PLC0415

    mixed = mixed_text(series.to_list()) if series.dtype in (nw.Object, nw.Unknown) else None
    return _column(name, series) if mixed is None else mixed


def _floats(series: Any) -> NDArray[np.float64]:
    """Return numbers as float64, NaN where one is null; without a copy where there is none."""
    import narwhals.stable.v2 as nw  # noqa: PLC0415

    return np.asarray(series.cast(nw.Float64).to_numpy(), dtype=np.float64)


def _numbers(name: str, series: Any, *, whole: bool) -> Numbers:
    """Read numbers or booleans; refuse whole ones that float64 would round."""
    if whole and not series.is_null().all():
        large = (series > int(LARGEST_EXACT)) | (series < -int(LARGEST_EXACT))
        if large.any():
            row = large.to_list().index(True)
            refuse_rounding(int(series[row]), row, f"column {name!r}")
    return Numbers(_floats(series))


def _category(name: str, series: Any) -> Text:
    """Read a categorical column with its levels in their order."""
    categories = series.cat.get_categories()
    levels = tuple(str(level) for level in categories.to_list())
    if len(set(levels)) < len(levels):
        alike = max(levels, key=levels.count)
        problem = f"two of its categories read as {alike!r}; make them all numbers or all text"
        raise TableError(f"{SOURCE}: column {name!r}: {problem}")
    return with_blank(levels, category_codes(series, categories), ranked=True)


def _objects(name: str, series: Any) -> Column:
    """Read a column of Python objects, if they are all of one kind."""
    given = (None if is_no_value(each) else each for each in series.to_list())
    values = np.fromiter(given, object, len(series))
    present = np.flatnonzero([each is not None for each in values])
    if not len(present):
        return Numbers(np.full(len(values), np.nan))
    kinds = [_kind(values[row]) for row in present]
    first = kinds[0]
    for row, kind in zip(present, kinds, strict=True):
        if kind not in KIND_NAMES or kind != first:
            two = f"{values[row]!r} is {KIND_NAMES.get(kind, f'of type {kind}')}"
            if kind != first:
                two += f", but {values[present[0]]!r} in row {present[0]} is "
                two += KIND_NAMES.get(first, f"of type {first}")
            remedy = "make the column all numbers or all text"
            raise TableError(f"{SOURCE}: row {row}, column {name!r}: {two}; {remedy}")
    if first == "text":
        return Text.of(("" if each is None else str(each) for each in values), frozenset())
    if first == "number":
        for row in present:
            if isinstance(values[row], Integral) and abs(int(values[row])) > LARGEST_EXACT:
                refuse_rounding(int(values[row]), int(row), f"column {name!r}")
        numbers = values.astype(np.float64)
        boolean = all(isinstance(values[row], bool | np.bool_) for row in present)
        return truths(numbers) if boolean else Numbers(numbers)
    unit = "datetime64[us]" if first == "date" else "timedelta64[us]"
    times = values.astype(unit)
    days = np.where(np.isnat(times), np.nan, times.astype(np.int64) / MICROSECONDS)
    return Times(days, durations=first == "duration")


def _kind(value: Any) -> str:
    """Name the kind of an object: one of `KIND_NAMES`, or its type."""
    for kind, types in (
        ("duration", (dt.timedelta, np.timedelta64)),  # NumPy's is a whole number, too
        ("number", (Real, np.bool_)),
        ("text", str),
        ("date", (dt.date, np.datetime64)),
    ):
        if isinstance(value, types):
            return kind
    return type(value).__name__
