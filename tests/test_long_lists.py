"""With many columns no message is longer than a screen, and each name in it is whole."""

import re
import shlex
import warnings

import numpy as np
import pytest

from glasslogit.errors import CollinearityWarning, InputError
from glasslogit.model import LogisticRegression
from glasslogit.pages import and_more, listed

ROWS, COLUMNS = 20, 500
SCREEN = 24 * 80
NAMES = [f"gene number {j}" for j in range(COLUMNS)]
RNG = np.random.default_rng(0)
VALUES = RNG.normal(size=(ROWS, COLUMNS)).round(3).astype(str)
WHOLE = re.compile(r"gene number \d+(?:['`,;:=)\]\s]|$)")
TABLES = {
    "numbers": VALUES,
    "constant": np.full((ROWS, COLUMNS), "7"),
    "words": np.full((ROWS, COLUMNS), "oops"),
    "gaps": np.where((np.arange(ROWS)[:, None] + np.arange(COLUMNS)) % 7 == 0, "", VALUES),
    "few": VALUES[:, :1],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The tables as files, and a model of the first."""
    pytest.importorskip("typer")
    from glasslogit import cli

    here = tmp_path_factory.mktemp("wide")
    for name, values in TABLES.items():
        rows = [[*NAMES[: values.shape[1]], "y"]]
        rows += [[*row, "yes" if k % 2 else "no"] for k, row in enumerate(values.tolist())]
        (here / f"{name}.csv").write_text("".join(f"{','.join(row)}\n" for row in rows))
    fit = ["fit", f"{here}/numbers.csv", "--target=y", f"--model={here}/m.json"]
    assert cli.run(fit) == 0
    return here


@pytest.mark.parametrize(
    "line",
    [
        *(f"check '{name}.csv' --target y" for name in ("numbers", "constant", "words")),
        *(f"fit '{name}.csv' --target y" for name in ("constant", "words", "gaps")),
        "fit numbers.csv --target y --C inf",
        "fit numbers.csv --target y --firth",
        "fit numbers.csv --target nothing",
        *(
            f"{command} m.json '{name}.csv'"
            for command in ("evaluate", "predict --output o.csv", "explain --row 5")
            for name in ("few", "gaps", "words")
        ),
    ],
)
@pytest.mark.filterwarnings("error")
def test_no_message_is_longer_than_a_screen(folder, monkeypatch, capsys, line):
    from glasslogit import cli

    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "100000")
    cli.run(shlex.split(line))
    out, err = capsys.readouterr()
    told = out.partition("To fit, copy")[0]
    for message in [*told.split("\n"), *err.split("\n")]:
        assert len(message) <= SCREEN
        found = re.findall("gene number", message)
        assert len(found) == len(WHOLE.findall(message)), message


@pytest.mark.parametrize("collinear", ["minimum_norm", "drop", "error"])
def test_so_it_is_in_python(collinear):
    """Of many relations the first are told, once, and what helps is a penalty."""
    X, y = VALUES[:, :150].astype(float), np.arange(ROWS) % 2
    model = LogisticRegression(C=np.inf, collinear=collinear)
    if collinear == "error":
        with pytest.raises(InputError, match="set a finite C") as refused:
            model.fit(X, y)
        assert len(str(refused.value)) <= SCREEN
        return
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        model.fit(X, y).predict(-3.0 * X + X[::-1] ** 2)
    related = [each for each in told if each.category is CollinearityWarning]
    assert len(related) == 2
    assert all("a penalty (a finite C)" in str(each.message) for each in related)
    assert all(len(str(each.message)) <= SCREEN for each in related)
    assert LogisticRegression().fit(X, y).outcome_.converged


@pytest.mark.parametrize("join", [listed, and_more])
def test_a_list_names_the_first_whole_and_counts_the_others(join):
    names = ["n" * 300] * 9
    assert join(names, most=5) in {f"{names[0]}, {names[0]}, … (7 more)",
                                   f"{names[0]}, {names[0]} and 7 more"}  # fmt: skip
    assert join(["n" * 5000], most=5) == "n" * 5000
