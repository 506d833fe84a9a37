"""A user's table on its way to X: reading it, encoding its columns, scaling and powers."""

from glasslogit.tables.columns import CategoryColumn, NumberColumn
from glasslogit.tables.encoder import TableEncoder
from glasslogit.tables.encoding import Encoded, Encoding
from glasslogit.tables.features import PolynomialFeatures, StandardScaler
from glasslogit.tables.policies import Category, Date, Number
from glasslogit.tables.reading import read_table
from glasslogit.tables.survey import Survey, read_labels, survey_columns
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
