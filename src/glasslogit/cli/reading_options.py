"""The options that say how a file is read."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

from glasslogit.cli.options import DATA, option
from glasslogit.cli.refusals import of_the_command_line
from glasslogit.export import SavedModel
from glasslogit.tables import (
    Encoding,
    Table,
    check_decimal,
    check_encoding,
    check_separator,
    columns_named,
    read_file,
    read_na,
    unused_case,
    unused_words,
)

TAB = {"\\t": "\t", "tab": "\t"}  # how one is typed


def _check_sep(sep: str | None) -> str | None:
    """Check --sep."""
    with of_the_command_line():
        check_separator(TAB.get(sep, sep) if sep is not None else ",")
    return sep


def _check_decimal(mark: str | None) -> str | None:
    """Check --decimal."""
    with of_the_command_line():
        return check_decimal(mark)


def _check_encoding(name: str | None) -> str | None:
    """Check --encoding."""
    with of_the_command_line():
        check_encoding("utf-8" if name is None else name)
    return name


@dataclass(frozen=True)
class Reading:
    """How a file is read; what is not said is known from the model, or recognised."""

    na: Annotated[
        tuple[str, ...] | None,
        option(
            DATA,
            metavar="WORD",
            help="A word that means there is no value; 'default' stands for NA, null, ? and such, "
            "'' leaves only blank fields missing. COLUMN=WORD is for one column.",
        ),
    ] = None
    sep: Annotated[
        str | None,
        option(
            DATA,
            metavar="SIGN",
            callback=_check_sep,
            help="The sign between fields, such as ';'.",
        ),
    ] = None
    decimal: Annotated[
        str | None,
        option(
            DATA,
            metavar="SIGN",
            callback=_check_decimal,
            help="The decimal mark, '.' or ','.",
        ),
    ] = None
    encoding: Annotated[
        str | None,
        option(
            DATA,
            metavar="NAME",
            callback=_check_encoding,
            help="The encoding of the text, such as cp1252.",
        ),
    ] = None
    ignore_case: Annotated[
        tuple[str, ...],
        option(
            DATA,
            metavar="COLUMN",
            help="In this column values that differ by case and blanks only are one: Yes and YES "
            "are read as yes.",
        ),
    ] = ()

    def read(self, path: Path, target: str) -> Table:
        """Read a file with a column of this name; raises as `read_table`."""
        how = read_na(self.na), self.separator, self.decimal, self.encoding
        table = read_file(path, *how, bad_rows="error", wanted=[target])
        table = table.ignoring_case(self.ignore_case)
        found = (*table.findings, *unused_case(table, self.ignore_case))
        return self._with_unused(replace(table, findings=found))

    def _with_unused(self, table: Table) -> Table:
        """Find the words of --na that stand nowhere in a table; one of no column is refused."""
        for name in columns_named(read_na(self.na)):
            table.check(name, "for which a word for no value is given (--na)")
        return replace(table, findings=(*table.findings, *unused_words(table, self.na)))

    @property
    def separator(self) -> str | None:
        """The sign between fields."""
        return self.sep if self.sep is None else TAB.get(self.sep, self.sep)

    def read_for(
        self, saved: SavedModel, encoding: Encoding, path: Path, *, blanks: bool
    ) -> tuple[Encoding, Table]:
        """Read rows for a model, whose own words and decimal mark hold unless others are said.

        Case is ignored in the columns of the model and in those that are named now. A row that
        cannot be read stops no other. With `blanks` those around a value are kept as well. Gives
        the model's encoding with the words.
        """
        decimal = self.decimal or saved.training.get("decimal")
        if self.na is not None:
            encoding = replace(encoding, na=tuple(sorted(read_na(self.na))))
        marks = self.separator, decimal, self.encoding
        how: dict[str, Any] = {"blanks": blanks, "wanted": encoding.names}
        table = read_file(path, read_na(encoding.na), *marks, bad_rows="blank", **how)
        alike = set(encoding.ignore_case).intersection(table.names)
        table = self._with_unused(table.ignoring_case([*self.ignore_case, *alike]))
        return encoding.with_decimal(self.decimal), table
