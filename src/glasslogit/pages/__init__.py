"""How results are shown: as a page of text, HTML or LaTeX, and how numbers are written."""

from glasslogit.pages.digits import compact, fraction, in_fractions, level_text, listed, number
from glasslogit.pages.page import Page, Printable, cell, labels_of
from glasslogit.pages.said import Said, Several

__all__ = [
    "Page",
    "Printable",
    "Said",
    "Several",
    "cell",
    "compact",
    "fraction",
    "in_fractions",
    "labels_of",
    "level_text",
    "listed",
    "number",
]
