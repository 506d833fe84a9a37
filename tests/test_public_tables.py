"""A table in, an answer out: public tables as they are found, and the road of every command.

Each ends with an answer, or with one line that says what is wrong and where. What such a line
says is to be typed works when it is typed. Which rows are held out decides neither.

The tables come with the test libraries (scikit-learn, BSD; statsmodels, whose data sets are public
domain or as free; matplotlib), with this repository (`examples/`, the census of 1994, CC BY 4.0),
and with the project papers, where these lie beside the checkout.
"""

import gzip
import re
import shlex
from contextlib import nullcontext
from dataclasses import replace
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glasslogit import cli
from glasslogit.cli import INTERRUPTED as PREPARED
from glasslogit.errors import GlasslogitError
from glasslogit.evaluate import split_rows

pytest.importorskip("polars", reason="files are read with polars")
pytest.importorskip("typer")
fit = pytest.importorskip("glasslogit.cli.fit")
prepare = fit.prepare

HERE = Path(__file__).parent
CASES = HERE.parents[1] / "shared" / "cases" / "csv"
CENSUS = HERE.parent / "examples" / "income.csv.gz"
SEEDS, FEW_SEEDS = 20, 4  # the worn tables are one table
MOST_ROWS = 80  # of the census
OF_THE_FILE = ("--encoding", "--sep")  # what is said of a file and not of a model
FORMULAS = {"na_text.csv": [["--formula", "plan*age"], ["--formula", "plan"], ["--drop", "age"]]}
MOST_STEPS = 12  # remedies that are typed one after the other


def packaged(library, path):
    """Give a file that a library brings, or skip."""
    spec = find_spec(library)
    file = None if spec is None else Path(spec.origin).parent / path
    if file is None or not file.exists():
        pytest.skip(f"{path} comes with {library}, which is not there")
    return file.read_bytes()


# name: (library, path, target, what is messy in it)
FOUND = {
    "iris": ("sklearn", "datasets/data/iris.csv", "virginica"),  # counts where names should be
    "breast cancer": ("sklearn", "datasets/data/breast_cancer.csv", "benign"),  # a short header
    "linnerud": ("sklearn", "datasets/data/linnerud_physiological.csv", "Pulse"),  # blanks between
    "anes96": ("statsmodels", "datasets/anes96/anes96.csv", "'vote'"),  # tabs, quotes in names
    "modechoice": ("statsmodels", "datasets/modechoice/modechoice.csv", "choice"),  # semicolons
    "danish": ("statsmodels", "datasets/danish_data/data.csv", "period"),  # a mark of byte order
    "unemployment": ("statsmodels", "datasets/macrodata/src/unemp.csv", "Year"),  # titles
    "scotland": ("statsmodels", "datasets/scotland/src/scotland_population.csv", "Area"),  # titles
    "fertility": ("statsmodels", "datasets/fertility/fertility.csv", "Country Code"),  # gaps
    "crime": ("statsmodels", "datasets/statecrime/statecrime.csv", "urban"),  # names; a number
    "grunfeld": ("statsmodels", "datasets/grunfeld/grunfeld.csv", "firm"),  # many classes
    "card": ("statsmodels", "datasets/ccard/src/ccard.csv", "Acc"),
    "punishment": ("statsmodels", "datasets/cpunish/cpunish.csv", "SOUTH"),  # an identifier
    "stocks": ("matplotlib", "mpl-data/sample_data/Stocks.csv", "IBM"),  # a comment, dates, gaps
    "msft": ("matplotlib", "mpl-data/sample_data/msft.csv", "Open"),  # dates in words
}


def census(rows=MOST_ROWS):
    """Give the first rows of the census, its header first."""
    text = gzip.decompress(CENSUS.read_bytes()).decode()
    lines = [line.split(",") for line in text.splitlines()[: rows + 1]]
    names = ["age", "workclass", "education_num", "capital_gain", "hours_per_week", "income"]
    places = [lines[0].index(name) for name in names]
    return [[line[k] for k in places] for line in lines]


def joined(rows, sep=","):
    return "\n".join(sep.join(row) for row in rows) + "\n"


def changed(rows, name, write):
    """Write a column anew."""
    place = rows[0].index(name)
    written = [[*row[:place], write(row[place]), *row[place + 1 :]] for row in rows[1:]]
    return [rows[0], *written]


def with_column(rows, name, values):
    return [[name, *rows[0]], *([value, *row] for value, row in zip(values, rows[1:], strict=True))]


def euros(value):
    return f"{int(value) + 1000:,}".replace(",", ".") + ",50 €"


R = census()
N = len(R) - 1
GAPS = {"": "?"}
# The census as it leaves one program or another.
WORN = {
    "a German spreadsheet": (
        "\ufeff" + joined(changed(changed(R, "capital_gain", euros), "age", "{},5".format), ";")
    ).encode(),
    "latin-1": joined(changed(R, "workclass", lambda v: v.replace("State-gov", "État"))).encode(
        "latin-1"
    ),
    "title and footer": ("Census of 1994\n" + joined(R) + "Total,,,,,\nSource: UCI\n").encode(),
    "unnamed index": joined(with_column(R, "", map(str, range(N)))).encode(),
    "duplicate header": joined(with_column(R, "age", ["1", "2"] * (N // 2))).encode(),
    "question marks": joined(changed(R, "workclass", lambda v: GAPS.get(v, v))).encode(),
    "dollars and percent": joined(
        with_column(
            changed(R, "capital_gain", lambda v: f'"${int(v) + 900:,}.25"'),
            "rate",
            [f"{(k * 37) % 100}.5%" for k in range(N)],
        )
    ).encode(),
    "thousands alone": joined(changed(R, "capital_gain", lambda v: f'"{int(v) + 900:,}"')).encode(),
    "accounts": joined(
        changed(R, "capital_gain", lambda v: f'"({int(v):,})"' if int(v) else '"1,200,000"')
    ).encode(),
    "dates": joined(
        with_column(R, "when", [f"2024-{k % 12 + 1:02}-{k % 28 + 1:02}" for k in range(N)])
    ).encode(),
    "other dates": joined(
        with_column(R, "when", [f"{k % 28 + 1}/{k % 12 + 1}/2024" for k in range(N)])
    ).encode(),
    "identifiers": joined(with_column(R, "id", [f"p{k}" for k in range(N)])).encode(),
    "codes": joined(with_column(R, "zip", [f"0{k % 7}00" for k in range(N)])).encode(),
    "one bad cell": joined(
        with_column(R, "size", ["n.n." if k == 7 else f"{k % 50}.5" for k in range(N)])
    ).encode(),
    "a number for a target": joined(
        [[*row[:-1], "income" if k == 0 else f"{k}.{k % 7}5"] for k, row in enumerate(R)]
    ).encode(),
}
LARGE = {
    "many levels": joined(
        with_column(census(10_010), "name", [f"n{k}" for k in range(10_010)])
    ).encode()
}


def table_of(name):
    """Give a table and its target."""
    if name in FOUND:
        *where, target = FOUND[name]
        return packaged(*where), target
    if name in WORN or name in LARGE:
        return (WORN | LARGE)[name], "income"
    path = CASES / name
    if not path.exists():
        pytest.skip("shared/cases is not beside the checkout")
    return path.read_bytes(), "plan" if name == "gap_new.csv" else "y"


SHARED = ["bs", "copy", "gap", "gap_new", "inter", "na_target", "na_text", "rare", "rown", "sep"]
SHARED = [f"{name}.csv" for name in (*SHARED, "tail", "tailrows", "title", "train")]
ALL = [*FOUND, *WORN, *LARGE, *SHARED]


def run(capsys, *arguments):
    code = cli.run([*map(str, arguments)])
    out = capsys.readouterr()
    return code, out.out, out.err


def remedies(said):
    """Give the options that a line says are to be typed, with their values."""
    value = r"'(?:[^'\\]|\\.)+'|\"[^\"]+\"|[\w.,]+"
    found = re.findall(rf"(--(?:[a-z]+-?)+)(?: ({value}))?", said.partition("; ")[2])
    known = {"--strict", "--target"}
    return [shlex.split(f"{option} {word}") for option, word in found if option not in known]


MENDED_BY_HAND = re.compile(
    r"correct|rename|name it|give rows|make a column|give each class a name|more rows|add rows|"
    r"write it|an empty field|put quotes|columns: |did you mean|a column of few classes"
)


def check_one_line(code, said, path):
    """It is one line, of the exit code of faults, about this file, with what to do."""
    assert code == 1, said
    assert said.startswith(f"glasslogit: {path}"), said
    assert said.count("\n") == 1, said
    assert remedies(said) or MENDED_BY_HAND.search(said), said
    assert re.search(r"(?:row|line|column) \d+|column '|target '|class '|columns[ :]", said), said


def stop(*given):
    """Leave with an exit code of its own, before the fit."""
    del given
    raise KeyboardInterrupt


def check_prepared(table, request, seed, *, fails):
    """Prepare the rows as another seed splits them: it fails if the others do."""
    other = replace(request, measuring=replace(request.measuring, seed=seed))
    with pytest.raises(GlasslogitError) if fails else nullcontext():
        prepare(table, other)


def answered(capsys, command, path, target):
    """Prepare a table, and type what is said until nothing is; None where the file is at fault.

    Each option that is said takes the fault away that it is said of.
    """
    base, options = (command, path, "--target", target), list[str]()
    for _ in range(MOST_STEPS):
        code, out, said = run(capsys, *base, *options)
        if code == PREPARED or not said:
            assert code in {"fit": {PREPARED}, "check": {0, 1}}[command]
            assert out
            return options
        check_one_line(code, said, path)
        found = remedies(said)
        for remedy in found:
            code, _, after = run(capsys, *base, *options, *remedy)
            assert after != said, remedy
            assert code in {0, 1, 2, PREPARED}
        if not found:
            return None
        options += found[0]
    raise AssertionError(f"{MOST_STEPS} remedies and no answer: {said}")


@pytest.mark.usefixtures("wide")
@pytest.mark.parametrize("name", ALL)
def test_a_table_in_an_answer_out(tmp_path, monkeypatch, capsys, name):
    """The road of all commands; that of `fit` for each seed of the split up to the fit itself."""
    data, target = table_of(name)
    path, model, other = (tmp_path / each for each in ("t.csv", "m.json", "other.csv"))
    path.write_bytes(data)
    if name not in LARGE:
        answered(capsys, "check", path, target)
    with monkeypatch.context() as patch:
        asked = list[Any]()
        patch.setattr(fit, "train", stop)
        patch.setattr(fit, "prepare", lambda *given: asked.append(given) or prepare(*given))
        options = answered(capsys, "fit", path, target)
        for more in ([], *FORMULAS.get(name, [])):
            base = ("fit", path, "--target", target, *(options or []), *more)
            assert run(capsys, *base)[0] == (1 if options is None else PREPARED)
            seeds = range(SEEDS if name not in WORN else FEW_SEEDS)
            for seed in seeds if asked else ():  # a file that cannot be read has no rows to split
                check_prepared(*asked[-1], seed, fails=options is None)
    if options is None:
        return
    code, _, said = run(capsys, "fit", path, "--target", target, "--model", model, *options)
    assert code == 0, said
    lines = data.split(b"\n")
    other.write_bytes(data if len(lines) < 40 else b"\n".join(lines[: len(lines) // 2]) + b"\n")
    how = [word for pair in pairwise(options) for word in pair if pair[0] in OF_THE_FILE]
    code, out, said = run(capsys, "predict", model, other, *how)
    assert code == 0, said
    first = int(out.splitlines()[1].split(",")[0])
    code, _, said = run(capsys, "evaluate", model, other, *how)
    assert code == 0, said
    code, out, said = run(capsys, "explain", model, path, "--row", first + 1, *how)
    assert code == 0 or f"row {first + 1}" in said, said
    assert said.count("\n") == (code != 0)
    assert "Probability of" in out or code


ONE_B = [["a", str(20 + 7 * k % 31), "yes" if k % 3 else "no"] for k in range(12)]
ONE_B[5][0] = "b"
Y = [row[-1] for row in ONE_B]
FORMS = [
    *(["--formula", text] for text in ("plan", "plan*age", "C(plan):age", "plan + poly(age, 2)")),
    *(["--drop", "age", *more] for more in ([], ["--rare", "3"], ["--firth"], ["--cv", "2"])),
    ["--reference", "plan=b"],
    ["--drop", "age", "--reference", "plan=b"],
    ["--formula", "plan", "--reference", "plan=a"],
    ["--formula", "plan", "--reference", "plan=b", "--unseen", "reference"],
]


@pytest.mark.usefixtures("wide")
@pytest.mark.parametrize("how", FORMS, ids=" ".join)
def test_a_level_that_is_held_out_stops_no_fit(tmp_path, capsys, how):
    """Level b stands in one row. Where that is held out, the other rows make the model."""
    pytest.importorskip("formulaic")
    path, model = tmp_path / "t.csv", tmp_path / "m.json"
    path.write_text(joined([["plan", "age", "y"], *ONE_B]))
    held_out = [seed for seed in range(SEEDS) if 5 in split_rows(12, 0.2, seed, Y)[1]]
    without = set()
    for seed in (held_out[0], held_out[1], min({*range(SEEDS)} - {*held_out})):
        base = ("fit", path, "--target", "y", "--seed", seed, "--model", model, *how)
        assert run(capsys, *base)[0] == 0
        code, out, _ = run(capsys, "predict", model, path)
        assert code == 0
        without.add(len(re.findall(r"^\d+,,,", out, re.MULTILINE)))
        assert run(capsys, "evaluate", model, path)[0] == 0
        assert run(capsys, "explain", model, path, "--row", 2)[0] == 0
    assert without <= {0, 1}


@pytest.fixture
def wide(monkeypatch):
    monkeypatch.setenv("COLUMNS", "300")


def test_the_census_is_as_it_is_found():
    assert R[0][-1] == "income"
    assert np.unique([row[-1] for row in R[1:]]).tolist() == ["<=50K", ">50K"]
