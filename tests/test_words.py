"""What is printed is true: nothing is rounded to certainty, nothing speaks of what is not there."""

import ast
import csv
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glasslogit import LogisticRegression, cli, explain, summarize
from glasslogit.pages import decimals, per_cent, predicted, probability
from glasslogit.pages.page import cell

SHARES = st.floats(0, 1, exclude_min=True, exclude_max=True)
NEAR = SHARES.map(lambda e: 1 - e * 1e-6).filter(lambda p: p < 1)
SMALL = SHARES.map(lambda e: e * 1e-6).filter(lambda p: p > 0)


@given(st.one_of(SHARES, NEAR, SMALL))
def test_no_share_is_rounded_to_nothing_or_to_all(value):
    for text in (
        probability(value),
        predicted(value),
        decimals(value),
        per_cent(value),
        cell("p_value", value),
    ):
        if text[0] not in "<>":
            number = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
            assert 0 < number < 1


@pytest.mark.parametrize("sign", [1, -1])
def test_an_explained_probability_is_never_0_or_1(sign):
    X = np.array([[-1.0], [0.0], [1.0], [2.0]])
    model = LogisticRegression(C=np.inf).fit(X, [0, 1, 0, 1])
    said = str(explain(model, [sign * 1e4], X))
    assert "Probability of 1: 1" not in said
    assert "Probability of 1: 0\n" not in said


@pytest.fixture
def table(tmp_path, monkeypatch):
    """A folder with t.csv, in which age and score are numbers, score one of thirteen."""
    random = np.random.default_rng(0)
    age = random.integers(18, 80, 400)
    score = np.clip(age // 7 + random.integers(-2, 3, 400), 0, 12)
    bought = np.where(age + random.normal(size=400) * 20 > 50, "yes", "no")
    with (tmp_path / "t.csv").open("w", newline="") as file:
        rows = zip(age, score, bought, strict=True)
        csv.writer(file).writerows([("age", "score", "bought"), *rows])
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("table")
def test_the_notes_below_a_table_speak_of_what_is_in_it(capsys):
    assert cli.run(["fit", "t.csv", "--target=bought"]) == 0
    out = capsys.readouterr().out
    assert "ridge penalty draws" in out
    notes = out.partition("Odds ratio:")[2].partition("Measured")[0]
    assert ("p-value" in notes) <= ("p-value" in out.partition("Odds ratio:")[0])
    assert "df" not in notes


def test_the_effective_number_of_coefficients_is_told_with_its_name():
    X = np.random.default_rng(0).normal(size=(50, 2))
    y = np.arange(50) % 2
    penalised = str(summarize(LogisticRegression().fit(X, y), X, y))
    assert "the effective number of coefficients" in penalised
    free = str(summarize(LogisticRegression(C=np.inf).fit(X, y), X, y))
    assert "effective number" not in free


@pytest.mark.parametrize("command", ["fit", "check"])
@pytest.mark.usefixtures("table")
def test_a_target_of_many_numbers_is_told_before_the_fit(capsys, monkeypatch, command):
    def fail(*_, **__):
        raise KeyboardInterrupt

    place = {
        "fit": "glasslogit.model.estimator.LogisticRegression.fit",
        "check": "glasslogit.cli.check.find_separation",
    }[command]
    monkeypatch.setattr(place, fail)
    assert cli.run([command, "t.csv", "--target=score"]) == 130
    out = " ".join(capsys.readouterr().out.split())
    assert "13 values, each a class of its own: 13 × 3 coefficients" in out
    assert "regression, which glasslogit does not do" in out
    assert cli.run([command, "t.csv", "--target=bought"]) == 130
    assert "looks like a number" not in capsys.readouterr().out


COUNTED = re.compile(
    r" (?:[a-z-]+ )?(?:rows|columns|classes|levels|values|cells|groups|events|trials|coefficients|"
    r"steps|models|folds|features|names|labels|numbers|fields|terms|texts|kinds|resamples|fits|"
    r"intercepts|dimensions|batches|passes|have|are|were)\b"
)
NO_COUNTS = {  # by file: texts, and lists of numbers
    "cli/beside": {"option"},
    "cli/coefficients": {"odds"},
    "evaluate/metrics": {"name"},
    "evaluate/split": {"lengths"},
    "export/class_fields": {"stored['type']"},
    "export/fields": {"name"},
    "glasslogit/findings": {"its", "name"},
    "inputs/arrays": {"argument", "tiny[0]"},
    "model/fitted_check": {"name"},
    "model/unknown_rows": {"listed(map(str, rows))"},
    "selection/folds": {"name"},
    "tables/faults": {"last"},
    "tables/labels": {"quote(other)"},
    "tables/layout": {"places"},
}
NEVER_ONE = {  # by file: where these stand, two or more are meant
    "cli/about_data": {"K"},
    "cli/about_fit": {"len(model.coef_)"},
    "cli/coefficients": {"MOST_COEFFICIENTS"},
    "encoding/encoded": {"len(rows)"},
    "encoding/expressions": {"LARGEST_BASIS"},
    "encoding/learn": {"least", "len(times)", "remain"},
    "evaluate/counts": {"classes.size"},
    "evaluate/split": {"most"},
    "export/document": {"len(classes)", "len(fit['n_iter_'])"},
    "export/fields": {"classes"},
    "inference/notes": {"len(known.columns)"},
    "inputs/arrays": {"columns", "d"},  # scikit-learn's "X has 1 features, but …", word for word
    "selection/scores": {"self.outcomes.size"},
    "show/plots": {"len(classes)"},
    "tables/column_types": {"n_levels", "n_rows"},
    "tables/contradicting_rows": {"self.total"},
    "tables/dates": {"total"},
    "tables/labels": {"known.sum()", "len(present)"},
    "tables/level_findings": {"n", "rows"},
    "tables/odd_texts": {"self.there"},
    "trust/diagnose": {"len(fitted.classes)"},
    "trust/goodness": {"g"},
    "trust/refusals": {"coefficients"},
}
FILES = sorted(Path(cli.__file__).parents[1].rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_count_agrees_in_number(path):
    """What is counted is said by `how_many`, unless it is never one, and then it is there."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        pairs = (
            zip(node.values, node.values[1:], strict=False)
            if isinstance(node, ast.JoinedStr)
            else ()
        )
        for value, text in pairs:
            plain = isinstance(value, ast.FormattedValue) and value.conversion == -1
            if plain and isinstance(text, ast.Constant) and COUNTED.match(text.value):
                found.add(ast.unparse(value.value))
    left = {each for each in found if not each.startswith("how_many(")}
    place = f"{path.parent.name}/{path.stem}"
    assert left == NO_COUNTS.get(place, set()) | NEVER_ONE.get(place, set())


def test_one_row_has_and_two_rows_have(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    rows = [f"{20 + k},{'ab'[k % 2]},{'no' if k < 20 else 'yes'}" for k in range(40)]
    Path("t.csv").write_text("\n".join(["age,plan,left", *rows]))
    assert cli.run(["fit", "t.csv", "--target=left", "--model=m.json", "--test-size=0"]) == 0
    for plans, said in ((["a", "=c"], "1 row has an"), (["=c", "=c"], "2 rows have an")):
        Path("new.csv").write_text("age,plan\n" + "".join(f"30,{plan}\n" for plan in plans))
        capsys.readouterr()
        asked = ["predict", "m.json", "new.csv", "--unseen=other", "--keep"]
        assert cli.run(asked) == 0
        told = " ".join(capsys.readouterr().err.split())
        assert f"{said} unseen level of 'plan'" in told
        assert ("1 cell begins" if plans[0] == "a" else "2 cells begin") in told


def as_a_shell_reads(line: str) -> list[str]:
    """Give the words of a command line, by the shell itself."""
    shell = shutil.which("bash")
    if shell is None:
        pytest.skip("no bash")
    script = f"export LC_ALL=C.UTF-8; printf '%s\\0' {line}"
    done = subprocess.run([shell, "-c", script], capture_output=True, check=True)
    return done.stdout.decode().split("\0")[:-1]


def test_what_is_typed_with_a_name_is_what_a_shell_reads():
    """On one line, though the name has none: neither hides what the other shows."""
    words = pytest.importorskip("glasslogit.cli.words")
    names = ["age", "its id", "it's", "da te\nnew", "a\tb's \\n", "\x1bA", "é\x85\u202ef", "$x`y`"]
    names += ["東京\r", '"\n"', "\\", "\U000e0001b", "-"]
    for line in (
        words.command_line(names),
        " ".join(map(words.in_shell, names)),
        " ".join(words.typed_remedies(f"columns={{{each!r}: 'drop'}}")[7:] for each in names),
    ):
        assert line.isprintable()
        assert as_a_shell_reads(line) == names


def test_a_column_whose_name_has_two_lines_is_left_out_by_what_is_printed(table, capsys):
    del table
    rows = [[f"2024-01-{k % 28 + 1:02}", k * 7 % 31 + 0.5, "yn"[k * 5 % 7 % 2]] for k in range(60)]
    with Path("n.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["da te\nnew", "x", "y"], *rows])
    assert cli.run(["check", "n.csv", "--target", "y"]) == 1
    out = capsys.readouterr().out
    copied = out.rstrip("\n").rpartition("\n")[2].strip()
    offered = re.search(r"(--drop \$'.*?')", " ".join(out.split()))[1]
    for line in (copied, f"{copied.partition(' $')[0]} {offered}"):
        assert cli.run(as_a_shell_reads(line)[1:]) == 0, capsys.readouterr()
