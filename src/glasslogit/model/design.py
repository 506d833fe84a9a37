"""The design: X, y, weights and offset, arrays as they are, tables through an encoder.

Numeric arrays, sparse matrices and data frames of numbers alone are not touched here; nor is
narwhals loaded for them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import Floats
from glasslogit.errors import InputError, refused
from glasslogit.inputs import (
    ColumnLabels,
    NamedRows,
    are_text,
    axis_labels,
    is_frame,
    is_plain,
    is_query,
    label_text,
    names_of,
    to_array,
)
from glasslogit.model.encoder_remedies import remedies_in_encoder
from glasslogit.pages import how_many, listed

# The modules of tables/ are imported where a table is seen: arrays do not need them.


@dataclass(frozen=True, eq=False)
class Design:
    """X, y, weights and offset and, if X was a table, it and the fitted encoder that read it.

    `kept` are the places of the rows in the table, (n,); where there are fewer than all, `gaps` say
    why and `labels` are all of y. `call` is how the rows were given, as the
    arguments of a call: remedies repeat it.
    """

    X: Any
    y: Any = None
    weight: Any = None
    offset: Any = None
    encoder: Any = None
    table: Any = None
    kept: Any = None
    call: str = "X, y"
    target: str | None = None  # the name of the column that is y, where it was given by name
    gaps: Mapping[str, int] | None = None  # column -> rows left out for its gaps; None if none are
    labels: Any = None  # y of all rows, where some are left out

    def take(self, part: Any, name: str) -> Any:
        """Take of a part with a value for each row of the table those of the rows that are used."""
        if self.table is None:
            return part
        return take_rows(part, self.kept, self.table.n_rows, name)

    @property
    def encoding(self) -> Any:
        """How the table became X; None for arrays."""
        return None if self.encoder is None else self.encoder.encoding_

    @property
    def has_offset(self) -> bool:
        """Tell whether the rows have an offset that is not 0 for all."""
        return self.offset is not None and bool(np.any(np.asarray(self.offset)))

    @property
    def places(self) -> NDArray[np.intp] | None:
        """The place here of each row of the table, −1 for one that was left out; None without."""
        if self.table is None:
            return None
        places = np.full(self.table.n_rows, -1)
        places[self.kept] = np.arange(len(self.kept))
        return places


def factors_by_column(factors: Any, encoder: Any) -> Any:
    """Give penalty factors by column of a table, or by term, to each column of X."""
    labels = names_of(axis_labels(getattr(factors, "index", None)))
    if labels is not None:
        factors = dict(zip(labels, factors, strict=True))
    if isinstance(factors, Mapping):
        factors = {label_text(label): factor for label, factor in factors.items()}
    if encoder is None or not isinstance(factors, Mapping):
        return factors
    encoding = encoder.encoding_
    known = dict.fromkeys((*encoding.origins, *encoding.feature_names))
    strange = [name for name in factors if name not in known]
    if strange:
        raise InputError(f"penalty_factors names {strange[0]!r}; it knows {listed(known)}")
    origin_of = dict(zip(encoding.feature_names, encoding.origins, strict=True))
    for name in factors:
        if name in encoding.origins and origin_of.get(name, name) != name:
            problem = f"{name!r}, which is a column and also a level of {origin_of[name]!r}"
            raise InputError(f"penalty_factors names {problem}; rename the column")
    pairs = zip(encoding.feature_names, encoding.origins, strict=True)
    return {name: factors.get(name, factors.get(origin, 1.0)) for name, origin in pairs}


def penalty_scales(encoder: Any) -> Floats | float:
    """Give the units in which the penalty weighs the columns of X, (d, 1), or 1."""
    if encoder is None or (encoder.encoding_.scales == 1).all():
        return 1.0
    return np.reshape(encoder.encoding_.scales, (-1, 1))


def encoder_attributes(encoder: Any) -> dict[str, Any]:
    """Give the attributes of a model that reads tables through a fitted encoder."""
    return {
        "encoder_": encoder,
        "feature_names_": encoder.get_feature_names_out(),
        "feature_names_in_": encoder.feature_names_in_,
        "n_features_in_": encoder.n_features_in_,
    }


def array_attributes(labels: ColumnLabels, d: int) -> dict[str, Any]:
    """Give the attributes of a model that reads arrays of d columns, or frames of numbers.

    As in scikit-learn only labels that are all text are `feature_names_in_`.
    """
    names = names_of(labels)
    terms = None if names is None else np.array(names, dtype=object)
    known = {"n_features_in_": d, "encoder_": None, "feature_names_": terms}
    return known | ({"feature_names_in_": terms} if labels is not None and are_text(labels) else {})


def make_design(  # noqa: PLR0913
    X: Any,
    y: Any,
    sample_weight: Any = None,
    offset: Any = None,
    *,
    encoder: Any = None,
    formula: str | None = None,
    intercept: bool = True,
) -> Design:
    """Make the design; a text for y names the column of the table that is the target.

    Rows that the encoder leaves out are taken from y, weights and offset alike. Without an
    `intercept` a category gives each of its levels a column. A design is taken as it is.
    """
    if isinstance(X, Design):
        return X
    own, target = _encoder(encoder, formula, y)
    call, encoder = call_of(y, sample_weight, encoder, formula), own
    y = y if target is None else target
    known: dict[str, Any] = {"call": call, "target": y if isinstance(y, str) else None}
    X, y = split_target(X, y)
    sample_weight, offset = in_memory(sample_weight), in_memory(offset)
    if encoder is None:
        plain = plain_rows(X)
        if plain is not None or X is None:
            return Design(plain, y, sample_weight, offset, **known)
    from glasslogit.tables.encoding import TableEncoder  # noqa: PLC0415

    encoder = TableEncoder() if encoder is None else encoder
    fitted = replace(encoder, intercept=encoder.intercept and intercept)
    with remedies_in_encoder(X):
        table, dropped = fitted.typed(X)
        fitted.set_encoding(fitted.learn(table, dropped=dropped))
    return replace(_encoded(fitted, table, y, sample_weight, offset), **known)


def call_of(y: Any, sample_weight: Any, encoder: Any, formula: str | None) -> str:
    """Write how rows were given as the arguments of a call.

    >>> call_of("ill", None, None, None), call_of(None, [1.0], None, "ill ~ age")
    ("X, 'ill'", "X, sample_weight=sample_weight, formula='ill ~ age'")
    """
    parts = ["X"]
    if y is not None:
        parts.append(repr(y) if isinstance(y, str) else "y")
    given = (("sample_weight", sample_weight), ("encoder", encoder))
    parts += [f"{name}={name}" for name, value in given if value is not None]
    return ", ".join([*parts, *([f"formula={formula!r}"] if formula else [])])


def read_design(
    X: Any, y: Any, sample_weight: Any = None, offset: Any = None, *, encoder: Any = None
) -> Design:
    """Make the design as a fitted model does, through its fitted `encoder` if it has one.

    A design is taken as it is.
    """
    if isinstance(X, Design):
        return X
    sample_weight, offset = in_memory(sample_weight), in_memory(offset)
    if encoder is not None:
        from glasslogit.tables import as_table  # noqa: PLC0415

        return _encoded(encoder, as_table(X), y, sample_weight, offset)
    plain = plain_rows(X)
    if plain is None and X is not None:
        from glasslogit.tables import not_numbers  # noqa: PLC0415

        raise not_numbers(X)
    return Design(plain, y, sample_weight, offset)


def _encoded(encoder: Any, table: Any, y: Any, sample_weight: Any, offset: Any) -> Design:
    """Encode a table, and leave the incomplete rows out of all parts."""
    with remedies_in_encoder(table):
        encoded = encoder.encoding_.encode(table)
    kept = np.flatnonzero(~encoded.incomplete)
    given = (("y", y), ("sample_weight", sample_weight), ("offset", offset))
    parts = [take_rows(part, kept, table.n_rows, name) for name, part in given]
    labels, weight, offset = parts
    X = NamedRows(encoder.encoding_.feature_names, encoded.rows(kept))
    made = Design(X, labels, weight, offset, encoder, table, kept)
    if len(kept) == table.n_rows:
        return made
    return replace(made, labels=y, gaps={name: int(g.sum()) for name, g in encoded.gaps.items()})


def _encoder(encoder: Any, formula: str | None, y: Any) -> tuple[Any, str | None]:
    """Give the encoder asked for, with the formula's right side in it, and its left side."""
    if encoder is None and formula is None:
        return None, None
    from glasslogit.tables.encoding import TableEncoder, split_formula  # noqa: PLC0415

    if not isinstance(encoder, TableEncoder | None):
        raise InputError(f"{refused('encoder', encoder)}; give a TableEncoder")
    encoder = TableEncoder() if encoder is None else encoder
    if formula is None:
        return encoder, None
    if encoder.formula is not None:
        raise InputError("formula and the encoder's formula are both given; leave one out")
    target, right = split_formula(formula)
    if target is not None and y is not None and not (isinstance(y, str) and y == target):
        raise InputError(f"formula {formula!r} names the target, and y is given too; leave one out")
    return replace(encoder, formula=right), target


def target_in(formula: str | None) -> str | None:
    """Give the name of the target that a formula has on its left, or None."""
    if formula is None:
        return None
    from glasslogit.tables.encoding import split_formula  # noqa: PLC0415

    return split_formula(formula)[0]


def split_target(X: Any, y: Any, target: str | None = None) -> tuple[Any, Any]:
    """Split the labels off a table where y names them; read y if it is a frame.

    Without y they are its column `target`. Anything else stays as it is.
    """
    if y is None and is_frame(X):
        y = target
    if isinstance(y, str):
        from glasslogit.tables import take_target  # noqa: PLC0415

        return take_target(X, y)
    return X, in_memory(y)


def in_memory(part: Any) -> Any:
    """Read labels, weights or offsets out of a frame that is a query; anything else is as it is."""
    if not is_query(part):
        return part
    from glasslogit.tables import read_query  # noqa: PLC0415

    return read_query(part)


def plain_rows(X: Any) -> Any:
    """Give rows of numbers alone as the estimator reads them, or None for any other table."""
    if is_plain(X):
        return X
    from glasslogit.tables import numeric_rows  # noqa: PLC0415

    return numeric_rows(X)


def take_rows(part: Any, rows: NDArray[np.intp], n: int, name: str) -> Any:
    """Take some of the n rows of an array, where there are fewer than all."""
    if part is None or np.ndim(part) == 0 or len(rows) == n:
        return part
    array = to_array(part, name)
    if len(array) != n:
        raise InputError(
            f"{name} has {how_many(len(array), 'row')} but X has {n:,}; give one for each row"
        )
    return array[rows]
