"""A user's table on its way to X: reading it, encoding its columns, scaling and powers."""

from glasslogit.tables.columns import Encoded, Encoding, NumberColumn, TextColumn
from glasslogit.tables.features import PolynomialFeatures, StandardScaler
from glasslogit.tables.reading import Column, Table, read_table
from glasslogit.tables.survey import Survey, learn_encoding, read_labels, survey_columns

__all__ = [
    "Column",
    "Encoded",
    "Encoding",
    "NumberColumn",
    "PolynomialFeatures",
    "StandardScaler",
    "Survey",
    "Table",
    "TextColumn",
    "learn_encoding",
    "read_labels",
    "read_table",
    "survey_columns",
]
