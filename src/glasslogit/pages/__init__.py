"""How results are shown: as a page of text, HTML or LaTeX, and how numbers are written."""

from glasslogit.pages.digits import (
    and_more,
    as_typed,
    decimal_text,
    decimals,
    fraction,
    how_many,
    in_fractions,
    level_text,
    listed,
    mean_text,
    number,
    per_cent,
    predicted,
    probability,
)
from glasslogit.pages.notebook import CellLine, in_notebook
from glasslogit.pages.page import Page, Printable, cell, labels_of
from glasslogit.pages.said import Said, Several
from glasslogit.pages.text_table import TextTable
from glasslogit.pages.widths import cut_apart, width, wrapped

__all__ = [
    "CellLine",
    "Page",
    "Printable",
    "Said",
    "Several",
    "TextTable",
    "and_more",
    "as_typed",
    "cell",
    "cut_apart",
    "decimal_text",
    "decimals",
    "fraction",
    "how_many",
    "in_fractions",
    "in_notebook",
    "labels_of",
    "level_text",
    "listed",
    "mean_text",
    "number",
    "per_cent",
    "predicted",
    "probability",
    "width",
    "wrapped",
]
