"""What turns the columns of a table into columns of X, learnt from training rows."""

from glasslogit.tables.encoding.columns import CategoryColumn, LearnedColumn, NumberColumn
from glasslogit.tables.encoding.encode import Encoding
from glasslogit.tables.encoding.encoder import TableEncoder
from glasslogit.tables.encoding.grammar import parse, split_formula

__all__ = [
    "CategoryColumn",
    "Encoding",
    "LearnedColumn",
    "NumberColumn",
    "TableEncoder",
    "parse",
    "split_formula",
]
