"""What turns the columns of a table into columns of X, learnt from training rows."""

from glasslogit.tables.encoding.columns import CategoryColumn, LearnedColumn, NumberColumn
from glasslogit.tables.encoding.encode import Encoding
from glasslogit.tables.encoding.encoder import TableEncoder
from glasslogit.tables.encoding.grammar import parse, split_formula
from glasslogit.tables.encoding.vary import Variables

__all__ = [
    "CategoryColumn",
    "Encoding",
    "LearnedColumn",
    "NumberColumn",
    "TableEncoder",
    "Variables",
    "parse",
    "split_formula",
]
