"""What is printed fits into the line: no number or name breaks, and cut names stay apart."""

import csv
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glasslogit import cli
from glasslogit.pages import TextTable, cut_apart, width, wrapped

LONG = "age_of_the_person_in_years_at_the_time_of_the_"
AGES = f"{LONG}first_interview", f"{LONG}second_interview"
BOTH_ENDS = (
    "satisfied_with_the_work_of_1999_in_the_town",
    "satisfied_with_the_work_of_2000_in_the_town",
)
LEVELS = (
    "Self-emp-not-incorporated-in-the-northern-provinces",
    "Self-emp-not-incorporated-in-the-southern-provinces",
    "東京都千代田区永田町一丁目七番一号の建物の一階",
    "東京都千代田区永田町一丁目七番一号の建物の二階",
    "Zoë e\u0301cole",
    "👩\u200d💻 coder",
)
CLASSES = (
    "very-satisfied-customer-of-the-north",
    "very-satisfied-customer-of-the-south",
    "unsatisfied",
    "満足していない顧客",
)
INCOME = "収入（一年間の合計額、税引き前、円）"
WIDTHS = 60, 80, 120


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a table of long names and levels, and models of two and of four classes."""
    random = np.random.default_rng(0)
    n = 400
    columns = {name: random.integers(18, 80, n) for name in (*AGES, *BOTH_ENDS)}
    columns["town"] = random.choice(LEVELS, n)
    columns[INCOME] = random.normal(size=n) * 1e5
    margin = (columns[AGES[0]] - 50) / 10 + random.logistic(size=n)
    columns["two"] = np.where(margin > 0, *CLASSES[:2])
    columns["four"] = np.array(CLASSES)[np.digitize(margin, [-2, 0, 2])]
    columns["given_away"] = np.where((columns["town"] == LEVELS[0]) | (margin > 0), *CLASSES[:2])
    columns["many"] = [f"{CLASSES[0]}-{k}" for k in random.integers(0, 8, n)]
    folder = tmp_path_factory.mktemp("wide")
    with (folder / "t.csv").open("w", newline="") as file:
        csv.writer(file).writerows([columns, *zip(*columns.values(), strict=True)])
    return folder


FIT = "fit t.csv --test-size 0.3"
COMMANDS = {
    "two": f"{FIT} --target two --drop four --drop many --drop given_away --model two.json",
    "four": f"{FIT} --target four --drop two --drop many --drop given_away --model four.json",
    "many": f"{FIT} --target many --drop two --drop four --drop given_away --model many.json",
    "check": "check t.csv --target two --drop four --drop many --drop given_away",
    "check separated": "check t.csv --target given_away --drop four --drop many --drop two",
    "evaluate two": "evaluate two.json t.csv",
    "evaluate four": "evaluate four.json t.csv",
    "explain two": "explain two.json t.csv --row 3",
    "explain four": "explain four.json t.csv --row 3",
}


def printed(folder, monkeypatch, capsys, name, columns):
    """What a command prints in lines of so many cells."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "1000")
    needed = name.split()[-1]
    if needed in COMMANDS and not (folder / f"{needed}.json").exists():
        cli.run(COMMANDS[needed].split())
    capsys.readouterr()
    monkeypatch.setenv("COLUMNS", str(columns))
    assert cli.run(COMMANDS[name].split()) in {0, 1}
    return re.sub(r"\d+\.\d+\s+s;", "0.0 s;", capsys.readouterr().out)  # what a fit took


def numbers(text):
    """The numbers in a text, as they are written."""
    return set(re.findall(r"[+-]?[\d,]*\d(?:\.\d+)?(?:e[+-]\d+)?%?", text))


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("name", COMMANDS)
def test_no_number_or_name_breaks_at_any_width(folder, monkeypatch, capsys, name, columns):
    wide = printed(folder, monkeypatch, capsys, name, 1000)
    narrow = printed(folder, monkeypatch, capsys, name, columns)
    to_copy = [line for line in narrow.split("\n") if line.startswith("  glasslogit fit")]
    others = [line for line in narrow.split("\n") if line not in to_copy]
    assert max(map(width, others)) <= columns
    left_out = numbers(wide) - numbers(narrow)
    in_names = numbers(" ".join([*BOTH_ENDS, "".join(f"-{k} " for k in range(8))]))
    assert left_out <= in_names
    whole = " ".join([*AGES, *BOTH_ENDS, *LEVELS, *CLASSES, INCOME, wide])
    for line in narrow.split("\n"):
        for word in line.split():
            assert all(part in whole for part in word.split("…")), word


def paths(table):
    """Each name in the lines of a table, with the headings that it stands under."""
    above = []
    for line in table:
        indent = len(line) - len(line.lstrip(" "))
        above = [each for each in above if each[0] < indent]
        above.append((indent, re.split(r"  +", line.strip())[0]))
        yield tuple(above)


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("name", ["two", "four", "explain two"])
def test_names_that_are_cut_stay_apart(folder, monkeypatch, capsys, name, columns):
    narrow = printed(folder, monkeypatch, capsys, name, columns)
    title = re.compile(r"^ (feature|column)\b")
    lines = narrow.split("\n")
    starts = [i for i, line in enumerate(lines) if title.match(line)]
    assert starts
    for start in starts:
        table = lines[start + 2 : lines.index("", start)]
        names = [*paths(table)]
        assert len(set(names)) == len(names)


INCOME_FILE = Path(__file__).parents[2] / "examples" / "income.csv.gz"


def test_the_coefficients_of_a_usual_model_are_one_table_in_80_cells(monkeypatch, capsys):
    """Of columns and their levels: error, interval, p-value and odds ratio stand in a line."""
    monkeypatch.setenv("COLUMNS", "80")
    assert cli.run(["fit", str(INCOME_FILE), "--target", "income"]) == 0
    lines = capsys.readouterr().out.split("\n")
    assert sum(line.startswith(" feature") for line in lines) == 1
    (age,) = (line.split() for line in lines if line.startswith(" age "))
    assert len(age) == len(["name", "coef", "error", "low", "high", "p", "odds"])


TEXTS = st.text(st.sampled_from("abc_ éß東京한🙂\u0301"), max_size=40)


@given(st.lists(TEXTS, max_size=8), st.integers(8, 30))
def test_cut_texts_fit_and_differ_where_the_texts_do(texts, most):
    short = cut_apart(texts, most)
    assert all(width(each) <= most for each in short)
    assert len(set(short)) == len(set(texts))
    assert all(
        found == text
        for text, found in zip(texts, short, strict=True)
        if width(text) <= most - 3 and "…" not in text
    )


ALIKE = "average_number_of_visits_to_the_shop_in_the_year_{}_before_the_day_of_the_first_delivery"


@pytest.mark.parametrize("columns", [40, 60, 80])
def test_names_stay_apart_in_sentences_too(tmp_path, monkeypatch, capsys, columns):
    """What flips a decision is one column and not the other."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", str(columns))
    random, said = np.random.default_rng(0), {}
    for year in (1999, 2000):
        names = [ALIKE.format(each) for each in (1999, 2000)]
        X = random.random((200, 2))
        z = X @ ([3, 0.5] if year == 1999 else [0.5, 3]) - 1.75 + random.normal(size=200) / 2
        with Path("t.csv").open("w", newline="") as file:
            rows = ([*x, "yes" if margin > 0 else "no"] for x, margin in zip(X, z, strict=True))
            csv.writer(file).writerows([[*names, "left"], *rows])
        assert cli.run(["fit", "t.csv", "--target=left", "--model=m.json"]) == 0
        capsys.readouterr()
        assert cli.run(["explain", "m.json", "t.csv", "--row=2"]) == 0
        out = " ".join(capsys.readouterr().out.split())
        said[year] = re.search(r"Flips if (\S+) goes", out)[1]
        assert "…" in said[year]
        assert all(part in ALIKE.format(year) for part in said[year].split("…"))
    assert said[1999] != said[2000]


@given(st.lists(TEXTS, max_size=4), st.integers(8, 30), st.sampled_from(["{},", "({}).", "{}"]))
def test_a_name_in_a_sentence_is_cut_apart_from_the_others(texts, most, around):
    names = [name for name in dict.fromkeys(text.replace(" ", "") for text in texts) if name]
    shown = [" ".join(wrapped(around.format(name), most, names)) for name in names]
    assert len(set(shown)) == len(names)
    assert all(width(each) <= most for each in shown)


@given(TEXTS, st.integers(4, 30))
def test_wrapped_lines_fit_and_lose_only_what_is_cut(text, most):
    lines = wrapped(text, most)
    assert all(width(line) <= most for line in lines)
    words = {word for word in text.split() if width(word) <= most}
    assert words <= {word for line in lines for word in line.split()}


@pytest.mark.parametrize("text", [*LEVELS, *CLASSES, INCOME, "🇧🇪", "❤️", "👍🏽", "각", "한"])
def test_widths_are_those_of_the_terminal_library(text):
    cells = pytest.importorskip("rich.cells")
    assert width(text) == cells.cell_len(text)


NAMES = st.text(st.sampled_from("abc_東🙂"), min_size=1, max_size=60)
NUMBERS = st.floats(-1e9, 1e9).map("{:.4g}".format)


@given(st.data(), st.lists(NAMES, min_size=1, max_size=6, unique=True), st.integers(40, 120))
def test_a_name_is_cut_only_where_much_of_it_remains_and_nothing_is_left(data, names, most):
    """A shorter one that does not fit beside its values stands whole on a line above them."""
    heads = data.draw(st.lists(st.sampled_from(["coef", "std error", "odds ratio"]), max_size=7))
    table = TextTable("feature", heads)
    for name in names:
        table.add(name, *data.draw(st.tuples(*[NUMBERS] * len(heads))))
    lines = [line.text for line in table.lines(most)]
    assert max(map(width, lines)) <= most
    words = [word for line in lines for word in line.split()]
    for name, values, _ in table.rows:
        assert all(value in words for value in values)
        if name not in words:
            assert width(name) > 28
    for line in lines:
        if "…" in line:  # a character of two cells may leave one empty
            assert width(line) >= most - 1 - max(0, sum(line.count(c) for c in "東🙂"))
            assert width(line.split()[0]) >= 27


@pytest.mark.parametrize("columns", [80, 120])
def test_usual_names_are_never_cut(tmp_path, monkeypatch, capsys, columns):
    """Of columns and levels, alone and in products, beside numbers of any size."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", str(columns))
    random, n = np.random.default_rng(1), 200
    table = {
        "collections_fee": random.normal(size=n) * 1e-5,
        "number_of_children": random.integers(0, 5, n),
        "annual_household_income": random.normal(size=n) * 1e6,
        "city": random.choice(["Boston", "San Francisco", "Los Angeles"], n),
    }
    names = [*table][:3]
    table["paid"] = random.choice(["paid_in_full", "paid_in_parts", "never_paid_at_all"], n)
    with Path("t.csv").open("w", newline="") as file:
        csv.writer(file).writerows([table, *zip(*table.values(), strict=True)])
    product = "collections_fee * city + number_of_children:city"
    for formula in ([], ["--formula", product]):
        for command in (
            ["fit", "t.csv", "--target=paid", *formula, "--model=m.json"],
            ["explain", "m.json", "t.csv", "--row=2"],
            ["evaluate", "m.json", "t.csv"],
        ):
            assert cli.run(command) == 0
            out = capsys.readouterr().out
            assert "…" not in out
            if not formula and command[0] != "evaluate":
                assert all(name in out for name in names)


@pytest.mark.parametrize("most", range(30, 100, 7))
def test_what_is_typed_stays_on_one_line(most):
    """A name in quotes, a command, an option and its value are copied as they stand."""
    kept = ["`fit --cv 5`", "--drop 'Signup Date'", "'first name'", "--missing indicator"]
    text = "leave {} out, or keep {} of it; or {}, where (for Wald's test) one has {}".format(*kept)
    lines = wrapped(text, most)
    assert all(width(line) <= most for line in lines)
    assert " ".join(lines) == text
    assert all(any(each in line for line in lines) for each in kept)
