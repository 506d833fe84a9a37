"""Columns of numbers with other texts among them: limits, words for no value, mistakes."""

import csv
import re
import shlex

import numpy as np
import pytest

from glasslogit import cli
from glasslogit.tables.column import Text
from glasslogit.tables.fields import read_na, words_in
from glasslogit.tables.level_findings import among_numbers

pytest.importorskip("typer")
pytest.importorskip("polars")

N = 160
MEASURED = [f"{20 + 7919 * k % 9973 / 100:.2f}".rstrip("0").rstrip(".") for k in range(N)]


@pytest.fixture
def table(tmp_path, monkeypatch):
    """Write a table whose column `lead` holds texts in the places of some numbers."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "2000")

    def write(name, texts, every, mark=".", x=None):
        lead = [each.replace(".", mark) for each in MEASURED]
        for k, place in enumerate(range(3 if every > 1 else 0, N, every)):
            lead[place] = texts[k % len(texts)]
        rng = np.random.default_rng(0)
        x = rng.integers(-9, 9, N) if x is None else x
        y = np.where(x / 4 + rng.logistic(size=N) > 0, "yes", "no")
        with (tmp_path / "t.csv").open("w", newline="") as file:
            csv.writer(file).writerows([["x", name, "y"], *zip(x, lead, y, strict=True)])
        return lead

    return write


def check(capsys, *options):
    """Check the table; give what is said, and what is offered to be read as missing."""
    cli.run(["check", "t.csv", "--target=y", *options])
    out, err = capsys.readouterr()
    assert err == ""
    said, _, command = out.partition("To fit, copy")
    offered = re.findall(r"--na (?:\$?'(?:[^'\\]|\\.)*'(?:\"'\"'[^']*')*|\S+)", said)
    return said, offered, command.strip()


TEXTS = [["<5"], [">100"], ["< 0.1"], ["<=5"], [">=100", "<5"], ["≤5"], ["90+"], ["<5", "n.d."]]
TEXTS += [["<LOD", "n.d.", ">100"], ["inf", "n.d."], ["n.d."], ["None", "<5"], ["it's low"]]


@pytest.mark.parametrize("every", [25, 6, 3])
@pytest.mark.parametrize("texts", TEXTS, ids=" ".join)
def test_all_texts_among_numbers_are_told_at_once_with_what_reads_them(table, capsys, texts, every):
    """It is never an identifier; typed, all that is offered leaves nothing to be offered."""
    lead = table("its lead", texts, every)
    said, offered, command = check(capsys)
    assert "identifier" not in said
    held = sorted({each for each in lead if each in texts})
    first = next(each for each in lead if each in texts)
    row = lead.index(first) + 2
    assert f"row {row}, column 'its lead': " in said
    assert f"as {sum(each not in texts for each in lead)} of {N} values are" in said
    words = [each.removeprefix("its lead=") for line in offered for each in shlex.split(line)[1:]]
    assert sorted(words) == held
    limits = [each for each in held if each[0] in "<>≤" or each.endswith("+")]
    assert ("a choice" in said) == bool(limits)
    typed = [word for line in offered for word in shlex.split(line)]
    said, again, _ = check(capsys, *typed)
    assert not again
    assert "is not a" not in said
    assert "does nothing" not in said
    assert cli.run(shlex.split(command)[1:]) == 0
    out = capsys.readouterr().out
    assert f"('its lead' {sum(each in texts for each in lead)})" in out


@pytest.mark.parametrize("texts", [["<0,5"], ["<5", "n.d."]])
def test_so_it_is_of_numbers_with_a_decimal_comma(table, capsys, texts):
    table("lead", texts, 6, mark=",")
    said, offered, _ = check(capsys)
    assert "identifier" not in said
    typed = [word for line in offered for word in shlex.split(line)]
    assert sorted(typed[1::2]) == sorted(f"lead={text}" for text in texts)
    assert not check(capsys, *typed)[1]


def test_what_is_no_word_has_to_be_corrected_and_is_named(table, capsys):
    """The words beside it are offered at once; the column is mended only by the file."""
    table("lead", ["<5", "4o.1", "n.d."], 8)
    said, offered, command = check(capsys)
    assert [shlex.split(each)[1] for each in offered] == ["lead=<5", "lead=n.d."]
    assert "correct '4o.1'" in said
    assert "--na" not in command
    _, again, _ = check(capsys, *(word for each in offered for word in shlex.split(each)))
    assert not again


def test_few_numbers_among_texts_are_no_column_of_numbers(table, capsys):
    table("name", [f"A{k}" for k in range(N)], 1)
    said, offered, _ = check(capsys)
    assert "if it is an identifier, leave it out" in said
    assert not offered


@pytest.mark.parametrize(
    ("word", "column", "read"),
    [
        ("lead=<5", "lead", "<5"),
        ("lead=<=5", "lead", "<=5"),
        ("lead=>=100", "lead", ">=100"),
        ("lead==<5", "lead", "=<5"),
        ("a=b=<=5", "a=b", "<=5"),
        ("lead = <= 5", "lead", "<= 5"),
    ],
)
def test_the_sign_of_a_limit_belongs_to_the_word(word, column, read):
    na = read_na([word])
    assert read in words_in(na, column)
    assert read not in words_in(na, "other")
    assert read_na(sorted(na)) == na
    assert words_in(read_na([read]), "other") == {read}


def test_a_column_with_the_words_of_the_target_keeps_both(table, capsys):
    """What is offered is for the column in which it was seen."""
    table("lead", ["no", "none"], 20)
    said, offered, _ = check(capsys)
    assert [shlex.split(each)[1] for each in offered] == ["lead=no", "lead=none"]
    said, again, _ = check(capsys, *(word for each in offered for word in shlex.split(each)))
    assert not again
    assert "no in " in said.partition("Target")[2].partition("\n")[0]


SINGLE = {  # what a column that is said to be text holds, and what is to be typed instead
    "decimals": ([f"{k}.{k * 7 % 10}5" for k in range(N)], "without --categorical 'lead'"),
    "whole numbers": ([str(k * 7919 % 9973) for k in range(N)], "without --categorical 'lead'"),
    "amounts": ([f"${k}.25" for k in range(N)], "without --categorical 'lead'"),
    "one value twice": ([f"{max(k, 1)}.5" for k in range(N)], "without --categorical 'lead'"),
    "codes": ([f"0{k}" for k in range(N)], "--drop 'lead'"),
    "names": ([f"n{k}" for k in range(N)], "--drop 'lead'"),
    "few numbers": ([f"{k % 9}.5" for k in range(N)], ""),
    "many numbers, each twice": ([f"{k % 80}.5" for k in range(N)], ""),
}


@pytest.mark.parametrize("kind", SINGLE)
def test_levels_of_one_row_are_told_before_the_fit(table, capsys, kind):
    """They leave held-out rows without a probability; the printed fit has none of them."""
    texts, remedy = SINGLE[kind]
    table("lead", texts, 1)
    cli.run(["fit", "t.csv", "--target=y", "--categorical=lead"])
    before, _, after = capsys.readouterr().out.partition("\nFitted")
    assert ("Serious (identifier): column 'lead' holds" in " ".join(before.split())) == bool(remedy)
    assert remedy in before
    assert after.count("(identifier)") == bool(remedy)
    said, _, command = check(capsys, "--categorical=lead")
    assert ("nothing is known of the next" in said) == bool(remedy)
    assert ("--categorical" in command) == (not remedy)
    assert ("--drop" in command) == ("--drop" in remedy)
    assert cli.run(shlex.split(command)[1:]) == 0
    out = capsys.readouterr().out
    assert remedy == "" or "have no probability" not in out


WHOLE = [str(100 + k) for k in range(N)]
AMBIGUOUS = {  # whole numbers and a few that may be thousands or decimals, among other texts too
    "one": [*WHOLE[1:], "1,000"],
    "one of few": ["1,000", *(str(k % 7 + 1) for k in range(N - 1))],
    "all": [f"{1 + k % 9},{k:03}" for k in range(N)],
    "all of few": [f"{1 + k % 9},000" for k in range(N)],
    "and words": ["1,000", "n.d.", "n.d.", *WHOLE[3:]],
    "and limits": ["1,000", *["<5"] * 40, *WHOLE[41:]],
}


@pytest.mark.parametrize("kind", AMBIGUOUS)
def test_a_number_with_two_readings_is_asked_about_and_makes_no_levels(table, capsys, kind):
    table("pay", AMBIGUOUS[kind], 1)
    said, offered, command = check(capsys)
    assert re.search(r"'\d,\d{3}' may be \d+ or [\d.]+[;:] say which sign is the decimal one", said)
    assert "--decimal '.' or --decimal ','" in said
    assert "decimal mark" not in said
    assert "--categorical" not in command
    assert cli.run(shlex.split(command)[1:]) == 0
    capsys.readouterr()
    typed = [word for each in offered for word in shlex.split(each)]
    for mark in ".,":
        said, again, command = check(capsys, *typed, "--decimal", mark)
        assert "which sign is the decimal one" not in said
        assert not again
        assert not {"--drop=pay", "--categorical=pay"} & {*shlex.split(command)}


@pytest.mark.parametrize("kind", AMBIGUOUS)
def test_it_is_not_asked_where_another_column_shows_the_decimal_mark(table, capsys, kind):
    table("pay", AMBIGUOUS[kind], 1, x=np.arange(N) / 8)
    said, offered, _ = check(capsys)
    assert "which sign is the decimal one" not in said
    typed = [word for each in offered for word in shlex.split(each)]
    assert "as other columns show the decimal mark '.'" in check(capsys, *typed)[0]


def test_a_text_that_no_word_can_name_is_to_be_written_as_a_number():
    """It is either read as missing or corrected, and not both."""
    column = Text.of(["5", "a=b", "7", "n.d.", "6", "8", "9"])
    (found,) = among_numbers("lab", column)
    assert "na=['lab=n.d.'] reads 'n.d.' as missing, and 'a=b' is to be written" in found.remedy
