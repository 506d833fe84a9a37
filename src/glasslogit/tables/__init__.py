"""A user's table on its way to X: reading it, encoding its columns, scaling and powers."""

from glasslogit.tables.encoding.columns import CategoryColumn, NumberColumn
from glasslogit.tables.encoding.encoder import TableEncoder
from glasslogit.tables.encoding.rules import Encoded, Encoding
from glasslogit.tables.features import PolynomialFeatures, StandardScaler
from glasslogit.tables.labels import read_labels
from glasslogit.tables.policies import Category, Date, Number
from glasslogit.tables.reading import read_table
from glasslogit.tables.survey import Survey, survey_columns
from glasslogit.tables.table import Table

__all__ = [
    "Category",
    "CategoryColumn",
    "Date",
    "Encoded",
    "Encoding",
    "Number",
    "NumberColumn",
    "PolynomialFeatures",
    "StandardScaler",
    "Survey",
    "Table",
    "TableEncoder",
    "read_labels",
    "read_table",
    "survey_columns",
]
