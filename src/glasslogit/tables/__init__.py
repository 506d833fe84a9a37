"""A user's table on its way to X: reading it, encoding its columns, scaling and powers."""

from glasslogit.tables.column import Numbers, Text, Times
from glasslogit.tables.column_types import Unusable, typed_column
from glasslogit.tables.encoding.columns import CategoryColumn, NumberColumn
from glasslogit.tables.encoding.encode import Encoding
from glasslogit.tables.encoding.encoded import Encoded
from glasslogit.tables.encoding.encoder import TableEncoder
from glasslogit.tables.faults import (
    Fault,
    FaultKind,
    at_fault,
    fault_counts,
    gaps_in,
    notes_of,
    told_together,
    with_unreadable,
)
from glasslogit.tables.features import PolynomialFeatures, StandardScaler
from glasslogit.tables.fields import (
    columns_named,
    is_missing,
    parse_number,
    read_na,
    words_to_type,
)
from glasslogit.tables.file_kinds import check_encoding
from glasslogit.tables.formatted import find_formatted
from glasslogit.tables.frame_numbers import not_numbers, numeric_rows
from glasslogit.tables.frame_text import mixed_text
from glasslogit.tables.frames import as_mixed_table, as_table, read_query, take_columns, take_target
from glasslogit.tables.inspect import find_in_columns, inspect_data
from glasslogit.tables.inspected_columns import named_columns
from glasslogit.tables.labels import label_text_of, read_coded_labels, read_labels
from glasslogit.tables.layout import check_separator
from glasslogit.tables.level_findings import dropped_rows
from glasslogit.tables.number_formats import NumberFormat, check_decimal
from glasslogit.tables.policies import (
    MISSING_LEVEL,
    Category,
    Date,
    Missing,
    Number,
    Policy,
    Unseen,
)
from glasslogit.tables.reading import read_file, read_table
from glasslogit.tables.spelling import differs_by_case, match_levels, without_case
from glasslogit.tables.survey import Survey, TypedColumns, type_columns
from glasslogit.tables.table import Table, quote, refuse_missing, shorten
from glasslogit.tables.unused_words import unused_case, unused_words
from glasslogit.tables.values import ROW_LEFT_OUT, judge_numbers, not_finite, read_numbers

__all__ = [
    "MISSING_LEVEL",
    "ROW_LEFT_OUT",
    "Category",
    "CategoryColumn",
    "Date",
    "Encoded",
    "Encoding",
    "Fault",
    "FaultKind",
    "Missing",
    "Number",
    "NumberColumn",
    "NumberFormat",
    "Numbers",
    "Policy",
    "PolynomialFeatures",
    "StandardScaler",
    "Survey",
    "Table",
    "TableEncoder",
    "Text",
    "Times",
    "TypedColumns",
    "Unseen",
    "Unusable",
    "as_mixed_table",
    "as_table",
    "at_fault",
    "check_decimal",
    "check_encoding",
    "check_separator",
    "columns_named",
    "differs_by_case",
    "dropped_rows",
    "fault_counts",
    "find_formatted",
    "find_in_columns",
    "gaps_in",
    "inspect_data",
    "is_missing",
    "judge_numbers",
    "label_text_of",
    "match_levels",
    "mixed_text",
    "named_columns",
    "not_finite",
    "not_numbers",
    "notes_of",
    "numeric_rows",
    "parse_number",
    "quote",
    "read_coded_labels",
    "read_file",
    "read_labels",
    "read_na",
    "read_numbers",
    "read_query",
    "read_table",
    "refuse_missing",
    "shorten",
    "take_columns",
    "take_target",
    "told_together",
    "type_columns",
    "typed_column",
    "unused_case",
    "unused_words",
    "with_unreadable",
    "without_case",
    "words_to_type",
]
