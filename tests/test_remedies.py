"""What is printed as a remedy works on the very table that it was printed for."""

import ast
import re
import shlex
import warnings
from pathlib import Path

import numpy as np
import pytest

import glasslogit
from glasslogit import (
    LogisticRegression,
    cli,
    find_dependence,
    find_separation,
    firth,
    summarize,
    tables,
)
from glasslogit.cli.words import in_options
from glasslogit.errors import InputError, SeparationWarning
from glasslogit.solvers import Outcome
from glasslogit.tables import TableEncoder

pd = pytest.importorskip("pandas")
NAMES = {name: getattr(glasslogit, name) for name in ("firth", "LogisticRegression")}


def table(n: int = 200):
    """Give rows of a level, town = Oz, that has one class alone."""
    rng = np.random.default_rng(0)
    d = pd.DataFrame({"age": rng.normal(50, 10, n).round(), "town": rng.choice(["Ur", "Ys"], n)})
    d["ill"] = np.where(rng.random(n) < 0.5, "yes", "no")
    d.loc[d.index[:9], ["town", "ill"]] = ["Oz", "yes"]
    return d


def told(model, *rows, **more):
    with pytest.warns(SeparationWarning) as caught:
        model.fit(*rows, **more)
    return str(caught[0].message)


def remedies_in(text: str) -> list[str]:
    """Read the lines of code under "what to do"."""
    lines = text.partition("what to do:\n")[2].partition("\n  by:")[0].splitlines()
    return [line.partition("#")[0].strip() for line in lines if "#" in line]


def numbers(K: int = 2):
    d = table()
    X = np.column_stack([d.age, d.town == "Oz"]).astype(float)
    y = (d.ill == "yes").to_numpy().astype(int)
    return X, y + (K == 3) * (np.arange(len(y)) % 3 == 0) * (X[:, 1] == 0)


def cases():
    d, (X, y) = table(), numbers()
    counts = np.column_stack([3 * y, 3 - 3 * y])
    formula = "ill ~ age + C(town)"
    yield "arrays", {}, {"X": X, "y": y}
    yield "trials", {}, {"X": X, "y": counts}
    yield "shares", {}, {"X": X, "y": y / 1.0, "sample_weight": np.full(len(y), 3.0)}
    yield "text columns", {}, {"X": d.drop(columns="ill"), "y": d.ill}
    yield "named target", {}, {"X": d, "y": "ill"}
    yield "formula", {"formula": formula}, {"X": d}
    yield "three classes", {}, {"X": X, "y": numbers(3)[1]}
    yield "one-vs-rest", {"multi_class": "ovr"}, {"X": X, "y": numbers(3)[1]}


@pytest.mark.parametrize(("settings", "given"), [pytest.param(*c[1:], id=c[0]) for c in cases()])
def test_the_printed_lines_of_code_run(settings, given):
    text = told(LogisticRegression(C=np.inf, **settings), *given.values())
    first, second = remedies_in(text)
    assert first.startswith("firth(")
    found = eval(first, {**NAMES, "np": np}, given)  # noqa: S307  our own words
    assert np.isfinite(found.coef).all()
    rows = given["X"]
    assert np.isfinite(found.model.predict_proba(rows)).all()
    held = eval(second, NAMES).set_params(**settings)  # noqa: S307
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        held.fit(*given.values())


def test_what_firth_does_not_take_is_not_recommended():
    X, y = numbers()
    text = told(LogisticRegression(C=np.inf), lambda: iter([(X, y)]))
    assert "firth(" not in text
    text = told(LogisticRegression(C=np.inf), X, y, offset=np.linspace(0, 1, len(y)))
    assert "firth(" not in text
    for settings, unit in (({}, 0.3), ({"weights": "sampling"}, 1.0)):
        weight = np.full(len(y), unit)
        text = told(LogisticRegression(C=np.inf, **settings), X, y, weight)
        assert "firth(" not in text
        assert "firth(" not in str(find_separation(X, y, np.full(len(y), 0.3)))


def test_the_searches_take_what_fit_takes():
    d, (X, y) = table(), numbers()
    for found in (
        find_separation(d, "ill"),
        find_separation(d.drop(columns="ill"), d.ill),
        find_separation(d, formula="ill ~ age + C(town)"),
        find_separation(X, np.column_stack([3 * y, 3 - 3 * y])),
    ):
        assert found.kind == "quasi-complete"
        assert found.columns
    twice = d.assign(months=12 * d.age).drop(columns="ill")
    (found,) = find_dependence(twice)
    assert found.dropped == "months"
    (found,) = find_dependence(d, formula="ill ~ age + I(2 * age) + C(town)")
    assert "age" in str(found)


def test_firth_of_a_table_is_firth_of_its_columns():
    d = table()
    X = np.column_stack([d.age, d.town == "Ur", d.town == "Ys"]).astype(float)
    one = firth(d, formula="ill ~ age + C(town)", intervals=False)
    other = firth(X, d.ill, intervals=False)
    np.testing.assert_allclose(one.coef, other.coef, rtol=1e-6)
    assert one.names == ("age", "C(town)[T.Ur]", "C(town)[T.Ys]", "(Intercept)")


def test_the_table_of_counts_counts_trials():
    X, y = numbers()
    model = LogisticRegression(C=np.inf)
    told(model, X, np.column_stack([3 * y, 3 - 3 * y]))
    assert model.separation_.table.counts[1].tolist() == [0, 27]
    assert "observations by x1" in str(model.separation_)
    told(model, X, y, np.full(len(y), 2))
    assert model.separation_.table.counts[1].tolist() == [0, 18]
    told(model, X, y)
    assert "rows by x1" in str(model.separation_)
    told(model, X, y, np.full(len(y), 0.3))
    assert model.separation_.table.counts[1].tolist() == [0, 9]


def test_one_vs_rest_says_how_to_judge_one_of_its_models():
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(90, 2)), rng.integers(0, 3, 90)
    with pytest.raises(InputError, match="one by one") as refused:
        summarize(LogisticRegression(C=np.inf, multi_class="ovr").fit(X, y), X, y)
    label = re.search(r"fit\(X, (y == .*?)\)", str(refused.value)).group(1)
    of_one = eval(label, {"y": y})  # noqa: S307
    assert len(summarize(LogisticRegression(C=np.inf).fit(X, of_one), X, of_one).terms) == 3


def run(capsys, *arguments):
    code = cli.run(list(arguments))
    return code, capsys.readouterr().out


@pytest.fixture
def wide(monkeypatch):
    monkeypatch.setenv("COLUMNS", "300")


@pytest.mark.usefixtures("wide")
@pytest.mark.parametrize("test_size", ["0", "0.3"])
def test_fit_names_the_rows_of_the_file_and_options_that_work(tmp_path, capsys, test_size):
    d = table().sample(frac=1, random_state=0)
    path = str(tmp_path / "t.csv")
    d.to_csv(path, index=False)
    base = ("fit", path, "--target", "ill", "--test-size", test_size)
    code, out = run(capsys, *base, "--C", "inf")
    assert code == 0
    assert "firth" not in out.replace("--firth", "")
    assert "LogisticRegression" not in out
    rows = re.search(r"rows on one side: ([\d, ]+)", out).group(1).strip(" ,").split(", ")
    lines = (tmp_path / "t.csv").read_text().splitlines()
    assert rows
    for row in rows:
        assert ",Oz," in lines[int(row) - 1]
    for options in re.findall(r"(--C 1|--drop \w+)", out):
        more = () if options == "--C 1" else ("--C", "inf")
        code, after = run(capsys, *base, *options.split(), *more)
        assert code == 0
        assert "no finite optimum" not in after


# --- every option that the command line prints ------------------------------------------------

ROWS = 60
LABELS = np.where(np.random.default_rng(5).random(ROWS) < 0.5, "yes", "no")
AGES = np.random.default_rng(6).integers(20, 60, ROWS).astype(str).astype(object)
TOWNS = np.random.default_rng(7).choice(["Ghent", "Ypres"], ROWS).astype(object)


def csv_text(sep=",", **columns):
    """Write the columns age, town and y, or others in their places, as a file."""
    columns = {"age": AGES, "town": TOWNS, **columns, "y": columns.pop("y", LABELS)}
    return "\n".join(map(sep.join, [columns.keys(), *zip(*columns.values(), strict=True)])) + "\n"


def at(values, places, word):
    """Give values with a word in some places."""
    changed = values.copy()
    changed[places] = word
    return changed


def texts(pattern):
    return np.array([pattern.format(j) for j in range(ROWS)], object)


VIP = np.where((LABELS == "yes") & (np.arange(ROWS) % 3 == 0), "1", "0").astype(object)
# What is in the file, what the command says of it, and what it says is to be typed.
TYPED = {
    "not UTF-8": (csv_text(town=at(TOWNS, 3, "caf\xe9")).encode("latin-1"), "is not UTF-8 text",
                  ["--encoding cp1252"]),
    "decimal commas": (csv_text(";", age=texts("{0},5")), "held decimal commas", []),
    "words": (csv_text(town=at(TOWNS, slice(9), "NA")), "'NA' in 9 rows, read as missing",
              ["--na 'town='"]),
    "a word": (csv_text(town=at(TOWNS, slice(9), "None")), "rows, taken as a level",
               ["--na 'town=None'"]),
    "a word in the target": (csv_text(y=at(LABELS.astype(object), slice(9), "nil")),
                             "'nil' in 9 rows, taken as a level", ["--na 'y=nil'"]),
    "two words": (csv_text(town=at(at(TOWNS, slice(9), "-"), 9, "n/d")), "taken as a level",
                  ["--na 'town=-' --na 'town=n/d'"]),
    "rows left out": (csv_text(age=at(AGES, slice(9), "")), "9 of the 60 rows with a target",
                      ["--drop 'age'", "--missing indicator"]),
    "nearly numbers": (csv_text(age=at(AGES, 3, "l0")), "'l0' is not a number",
                       ["--categorical 'age'"]),
    "codes": (csv_text(age=at(texts("0{0}"), 1, "00")), "is a code rather than a number",
              ["--drop 'age'", "--categorical 'age'"]),
    "codes that differ": (csv_text(age=texts("0{0}")), "is a code rather than a number",
                          ["--drop 'age'"]),
    "identifiers": (csv_text(town=texts("n{0}")), "60 different texts", ["--drop 'town'"]),
    "many texts": (csv_text(town=at(texts("n{0}"), 1, "n0")), "59 different texts",
                   ["--drop 'town'", "--categorical 'town'"]),
    "dates": (csv_text(town=at(texts("2024-01-{0:02d}"), 1, "2024-01-00")), "is a date",
              ["--drop 'town'", "--categorical 'town'"]),
    "dates that differ": (csv_text(town=texts("2024-01-{0:02d}")), "is not a date",
                          ["--drop 'town'"]),
    "thousands": (csv_text(";", town=at(texts("1,5{0:02d}"), 1, "1,500")), "may be",
                  ["--decimal '.'", "--decimal ','", "--categorical 'town'"]),
    "thousands that differ": (csv_text(";", town=texts("1,5{0:02d}")), "may be",
                              ["--decimal '.'", "--decimal ','"]),
    "large numbers": (csv_text(age=at(texts("900719925475{0:04d}"), 1, "9007199254750000")),
                      "beyond 2⁵³", ["--drop 'age'", "--categorical 'age'"]),
    "large numbers that differ": (csv_text(age=texts("900719925475{0:04d}")), "beyond 2⁵³",
                                  ["--drop 'age'"]),
    "separated": (csv_text(vip=VIP), "separated classes, quasi-complete", ["--drop vip"]),
    "collinear": (csv_text(months=texts("{0}"), years=texts("{0}")), "Collinear exactly",
                  ["--drop months", "--drop years"]),
}  # fmt: skip

# A fit with a penalty says nothing of what is separated or collinear.
SAID = [(case, "check") for case in TYPED]
SAID += [(case, "fit") for case in TYPED if case not in {"separated", "collinear"}]


def said_by(capsys, *arguments):
    """Run a command; give all that it printed in one line."""
    cli.run(list(arguments))
    return " ".join("".join(capsys.readouterr()).split())


def options_of(command):
    typer = pytest.importorskip("typer")
    from glasslogit.cli.commands import app

    parameters = typer.main.get_command(app).commands[command].params
    return {name for each in parameters for name in each.opts}


def check_known(command, said):
    """Every option that is printed is one of the command, unless another command is named."""
    printed = re.findall(r"(?<!`fit )(--[A-Za-z][\w-]*)", said)
    assert set(printed) <= options_of(command), said


@pytest.mark.usefixtures("wide")
@pytest.mark.parametrize(("case", "command"), SAID)
def test_what_is_printed_to_be_typed_is_an_option_that_helps(tmp_path, capsys, command, case):
    content, problem, remedies = TYPED[case]
    path = tmp_path / "t.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    base = (command, str(path), "--target", "y")
    said = said_by(capsys, *base)
    assert problem in said
    check_known(command, said)
    for remedy in remedies:
        assert remedy in said or case == "collinear"
        after = said_by(capsys, *base, *shlex.split(remedy))
        assert problem not in after, remedy
        assert "is not valid" not in after
        check_known(command, after)


# Columns whose values are all different, and whether the command line offers to leave them out.
DIFFERENT = {
    "large numbers": (texts("170000000{0:010d}"), True),
    "codes": (texts("0{0}"), True),
    "identifiers": (texts("n{0}"), True),
    "days": (texts("2024-01-{0:02d}"), True),
    "European dates": (texts("{0:02d}/13/2024"), True),
    "nearly dates": (at(np.array([f"20{j + 10}-01-01" for j in range(ROWS)], object), 9, "l0"),
                     True),
    "doubtful decimals": (texts("1,5{0:02d}"), False),
    "nearly numbers": (at(texts("{0}.5"), 9, "oops"), False),
    "several units": (np.array([f"{j}{'$€'[j % 2]}" for j in range(ROWS)], object), False),
    "amounts": (texts("${0}.25"), True),
}  # fmt: skip


@pytest.mark.parametrize("kind", DIFFERENT)
@pytest.mark.parametrize("repeated", [False, True])
@pytest.mark.parametrize("command", ["fit", "check"])
def test_levels_are_offered_where_a_value_comes_twice(tmp_path, capsys, kind, repeated, command):
    """Of levels that hold one row each nothing can be learned."""
    values, drops = DIFFERENT[kind]
    path = tmp_path / "t.csv"
    path.write_text(csv_text(";", when=at(values, 1, values[0]) if repeated else values))
    said = said_by(capsys, command, str(path), "--target", "y")
    assert ("--drop 'when'" in said) or not drops or (kind == "amounts" and repeated)
    assert ("--categorical" in said) == repeated


@pytest.mark.parametrize("kind", DIFFERENT)
def test_so_they_are_in_python(kind):
    values, _ = DIFFERENT[kind]
    for repeated in (False, True):
        column = at(values, 1, values[0]) if repeated else values
        table = tables.Table.of({"when": column, "age": AGES, "town": TOWNS})
        try:
            model = LogisticRegression().fit(table, LABELS)
            said = " ".join(map(str, model.findings_))
        except InputError as error:
            said = str(error)
        assert ("Category()" in said) == repeated, said


NEW_ROWS = {
    "an unseen level": (csv_text(town=at(TOWNS, 0, "Paris")), "was not seen in training",
                        ["--unseen reference"]),
    "not UTF-8": (csv_text(other=at(TOWNS, 3, "caf\xe9")).encode("latin-1"), "is not UTF-8 text",
                  ["--encoding cp1252"]),
    "large numbers": (csv_text(age=texts("900719925475{0:04d}")), "beyond 2⁵³", []),
    "missing": (csv_text(age=at(AGES, 0, "")), "missing", []),
    "a formula": (csv_text(other=texts("=1+{0}")), "Read", []),
}  # fmt: skip


@pytest.mark.usefixtures("wide")
@pytest.mark.parametrize("command", ["predict", "evaluate", "explain"])
@pytest.mark.parametrize("missing", ["error", "drop"])
@pytest.mark.parametrize("case", NEW_ROWS)
def test_so_it_is_of_new_rows(tmp_path, capsys, command, case, missing):
    content, problem, remedies = NEW_ROWS[case]
    path, model = tmp_path / "t.csv", str(tmp_path / "m.json")
    path.write_text(csv_text())
    fitted = ("fit", str(path), "--target", "y", "--missing", missing, "--model", model)
    assert cli.run(list(fitted)) == 0
    capsys.readouterr()
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    row = "5" if case == "not UTF-8" else "2"  # explain looks at its own row only
    base = (command, model, str(path), *(("--row", row) if command == "explain" else ()))
    said = said_by(capsys, *base)
    assert problem in said or (case, command) in {("missing", "explain"), ("a formula", "explain")}
    check_known(command, said)
    for remedy in remedies:
        assert remedy in said
        assert problem not in said_by(capsys, *base, *shlex.split(remedy))


@pytest.mark.usefixtures("wide")
@pytest.mark.parametrize("missing", ["drop", "indicator"])
@pytest.mark.parametrize("written", ["{0}", "{0} €"])
@pytest.mark.parametrize("wrong", ["abc", "inf"])
@pytest.mark.parametrize("column", ["age", "shift"])
def test_a_cell_may_be_empty_where_the_model_can_use_that(
    tmp_path, capsys, missing, written, wrong, column
):
    """So it is said of a number that is not one, and what is said is true of the next answer."""
    path, model = tmp_path / "t.csv", str(tmp_path / "m.json")
    ages = np.array([written.format(age) for age in AGES], object)
    columns = {"age": ages, "shift": texts("0.5")}
    path.write_text(csv_text(**columns | {"age": at(ages, slice(3), "")}))
    fitted = ("fit", str(path), "--target", "y", "--missing", missing, "--offset", "shift")
    assert cli.run([*fitted, "--model", model]) == 0, capsys.readouterr()
    capsys.readouterr()
    answers = []
    for cell in (wrong, ""):
        path.write_text(csv_text(**columns | {column: at(columns[column], 4, cell)}))
        answers.append(said_by(capsys, "explain", model, str(path), "--row", "6"))
    empty = missing == "indicator" and column == "age"
    assert f"'{wrong}' is not a" in answers[0]
    assert ("leave it empty if it is missing" in answers[0]) is empty
    assert ("leave the row out" in answers[0]) is not empty
    assert ("fill it in" in answers[1]) is not empty


# --- the words of the command line ------------------------------------------------------------

PYTHON = re.compile(r"\w+=|\b(max_iter|max_time|epochs|tol|np|l1_ratio)\b|\w\(\)")


@pytest.mark.parametrize("outcome", sorted({*Outcome} - {Outcome.OUT_OF_TIME}, key=str))
def test_the_end_of_a_fit_is_told_in_the_words_of_the_command_line(outcome):
    assert not PYTHON.search(in_options(outcome.remedy))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--C 0", "--C 0 is not valid; give a number greater than 0, or inf"),
        ("--C nan", "--C nan is not valid"),
        ("--l1-ratio -1", "--l1-ratio -1 is not valid; give a number between 0 and 1"),
        ("--solver foo", "--solver foo is unknown; give one of auto, newton, "),
        ("--solver newton --l1-ratio 0.5", "leave out --l1-ratio, or --solver"),
    ],
)
def test_a_value_that_an_option_cannot_have_is_refused_in_its_words(
    tmp_path, monkeypatch, capsys, options, said
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text(csv_text())
    code = cli.run(["fit", "t.csv", "--target", "y", *options.split()])
    err = capsys.readouterr().err
    assert code == 2
    assert said in err
    assert not PYTHON.search(err)


def test_the_solvers_that_are_named_can_be_typed(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text(csv_text())
    line = ["fit", "t.csv", "--target", "y", "--solver"]
    cli.run([*line, "foo"])
    names = capsys.readouterr().err.strip().partition("give one of ")[2].split(", ")
    assert len(names) > 3
    for name in names:
        assert cli.run([*line, name]) == 0


def test_what_separates_is_quoted_as_it_is_typed(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text(csv_text(**{"vip (y/n)": VIP}))
    said = said_by(capsys, "check", "t.csv", "--target", "y")
    assert "or --drop 'vip (y/n)', if it gives the target away" in said


@pytest.mark.parametrize("others", [0, 9])
def test_no_remedy_drops_all_columns_or_many(tmp_path, monkeypatch, capsys, others):
    monkeypatch.chdir(tmp_path)
    x = np.where(LABELS == "yes", 1.0, 0.0)[:, None] + np.random.default_rng(1).normal(
        size=(ROWS, max(1, 6 * others))
    ) * (0.1 if not others else 1)
    columns = {f"x{j}": list(map(str, x[:, j])) for j in range(x.shape[1])}
    rows = [*zip(*columns.values(), LABELS, strict=True)]
    text = "\n".join(map(",".join, [[*columns, "y"], *rows]))
    (tmp_path / "t.csv").write_text(text + "\n")
    said = said_by(capsys, "check", "t.csv", "--target", "y")
    assert "a penalty has an optimum" in said
    assert "or --drop" not in said


def test_arguments_in_the_wrong_order_are_named(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text(csv_text())
    assert cli.run(["fit", "t.csv", "--target", "y", "--model", "m.json"]) == 0
    capsys.readouterr()
    for command in ("predict", "evaluate"):
        said = said_by(capsys, command, "t.csv", "m.json")
        assert "the model comes first, then the table: m.json t.csv" in said
    assert "then the table: model.json t.csv" in said_by(capsys, "predict", "t.csv", "t.csv")
    said = said_by(capsys, "predict", "none.json", "t.csv")
    assert "none.json: no such file; check the path, or fit and save a model first" in said


def test_few_events_are_told_as_of_the_penalised_fit(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    columns = {f"x{j}": np.random.default_rng(j).random(ROWS).astype(str) for j in range(6)}
    (tmp_path / "t.csv").write_text(csv_text(**columns))
    said = said_by(capsys, "check", "t.csv", "--target", "y")
    assert "fewer than 10; choose C by cross-validation (`fit --cv 5`)" in said
    assert "finite C" not in said


FILES = sorted(Path(cli.__file__).parents[1].rglob("*.py"))
LIBRARY = [path for path in FILES if path.parent.name != "cli"]


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_library_speaks_python_and_the_command_line_translates(path):
    """No message of the library names an option; `pip install --upgrade` is no option of ours."""
    tree = ast.parse(path.read_text())
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    spoken = (node.body[0] for node in ast.walk(tree) if isinstance(node, kinds) and node.body)
    docs = {id(each.value) for each in spoken if isinstance(each, ast.Expr)}
    texts = (node for node in ast.walk(tree) if isinstance(node, ast.Constant))
    for node in texts:
        if isinstance(node.value, str) and id(node) not in docs:
            assert not re.search(r"(?<!install )--[a-z]", node.value)


@pytest.mark.parametrize("name", ["age", "it's", """both " and '""", "a b"])
def test_a_policy_is_typed_with_any_name(name):
    for policy, option in (("'drop'", "drop"), ("Category()", "categorical"), ("Date()", "date")):
        said = in_options(f"leave it out: columns={{{name!r}: {policy}}}, or not")
        typed = said.removeprefix("leave it out: ").removesuffix(", or not")
        assert shlex.split(typed) == [f"--{option}", name]


USERS = ["na=[]", "sep='q'", "columns={'town': 'drop'}", "set a finite C", """it's "sep='q'\""""]


def told_of(folder, capsys, command, text):
    """Give how often a command says a text of its table, and the options that it says beside it."""
    path, model, name = folder / "t.csv", folder / "m.json", '"' + text.replace('"', '""') + '"'
    path.write_text(csv_text(**{name: AGES}))
    assert cli.run(["fit", str(path), "--target", "y", "--model", str(model)]) == 0
    given = ["--target=y"] if command in {"check", "fit"} else [str(model)]
    rows = [["--row=2"], ["--row=5"]] if command == "explain" else [[]]
    for columns in (
        {"age": at(AGES, 3, name), name: AGES},
        {"town": at(TOWNS, 3, name), name: AGES},
        {name: at(AGES, 3, "")},
        {name: at(AGES, 3, "many")},
    ):
        path.write_text(csv_text(**columns))
        capsys.readouterr()
        said = " ".join(said_by(capsys, command, *given, str(path), *row) for row in rows)
        for escaped, plain in (("\\'", "'"), ("""'"'"'""", "'"), ('""', '"')):
            said = said.replace(escaped, plain)
        bare = "".join(said.split())
        called = "".join(text.split())
        yield bare.count(called), re.findall(r"--[a-z-]+", bare.replace(called, ""))


@pytest.mark.usefixtures("wide")
@pytest.mark.parametrize("command", ["check", "fit", "predict", "evaluate", "explain"])
def test_what_the_users_own_data_say_is_no_remedy(tmp_path, capsys, command):
    """A cell, a level and the name of a column are told alike, whatever they say."""
    usual = [*told_of(tmp_path, capsys, command, "zzz")]
    for text in USERS:
        assert [*told_of(tmp_path, capsys, command, text)] == usual, text
    assert sum(count for count, _ in usual)


def bare(text):
    return re.sub(r"""[\\'"\s]""", "", text)


def faults_told(folder, capsys, command, kind, text):
    """Give the errors of four files, where a file or column is called by a text."""
    column = '"' + text.replace('"', '""') + '"' if kind == "column" else "old"
    path = folder / (f"{text} x.csv" if kind == "file" else "t.csv")
    good, model = csv_text(**{column: AGES}), str(folder / "m.json")
    (folder / "m.csv").write_text(good)
    assert cli.run(["fit", str(folder / "m.csv"), "--target=y", f"--model={model}"]) == 0
    given = [str(path), "--target=y"] if command in {"check", "fit"} else [model, str(path)]
    given += ["--row=2"] if command == "explain" else []
    head, first, *rows = good.splitlines()
    gaps = ",".join(["", "", "", first.rpartition(",")[2]])
    other = head.replace(",town,", ",city,")
    for lines in ([], [head, "1,2", *rows], [head, gaps, *rows], [other, first]):
        path.write_text("\n".join(lines))
        capsys.readouterr()
        cli.run([command, *given])
        yield " ".join(capsys.readouterr().err.split())


@pytest.mark.usefixtures("wide")
@pytest.mark.parametrize("kind", ["file", "column"])
@pytest.mark.parametrize("command", ["check", "fit", "predict", "evaluate", "explain"])
def test_no_name_of_the_users_own_is_a_remedy(tmp_path, capsys, command, kind):
    """What a file or column is called is told as it is, whatever it is called."""
    usual = [*faults_told(tmp_path, capsys, command, kind, "zzz")]
    for text in USERS:
        errors = faults_told(tmp_path, capsys, command, kind, text)
        for said, plain in zip(errors, usual, strict=True):
            assert bare(said).replace(bare(text), "zzz") == bare(plain), text
    assert "zzz" in " ".join(usual)


@pytest.mark.usefixtures("wide")
def test_beside_what_the_users_own_data_say_the_remedy_is_typed(tmp_path, capsys):
    path = tmp_path / "na=[].csv"
    path.write_text(csv_text(age=at(AGES, 3, "na=[]")))
    said = said_by(capsys, "fit", str(path), "--target", "y")
    assert "na=[].csv: row 5, column 'age': 'na=[]' is not a number" in said
    assert "--categorical 'age'" in said
    path.write_text(csv_text(**{"na=[]": at(AGES, 3, "")}))
    said = said_by(capsys, "fit", str(path), "--target", "y", "--missing", "error")
    assert "'na=[]' in 1 row" in said
    assert "set --missing drop" in said


def rows_of(rare, common, classes=2):
    """Write so many rows of a rare class, and of the others."""
    labels = ["rare"] * rare + [f"c{k}" for k in range(1, classes) for _ in range(common)]
    ages = np.random.default_rng(5).permutation(len(labels)) + 20
    return "age,y\n" + "".join(f"{a},{y}\n" for a, y in zip(ages, labels, strict=True))


@pytest.mark.usefixtures("wide")
@pytest.mark.parametrize("command", ["fit", "check"])
@pytest.mark.parametrize("rare", [1, 2, 3, 5, 9])
@pytest.mark.parametrize(("common", "classes"), [(2, 2), (40, 2), (12, 3)])
def test_as_many_folds_are_proposed_as_the_rows_allow(
    tmp_path, monkeypatch, capsys, command, rare, common, classes
):
    """What --cv is printed with can be typed to `fit`, whatever that holds out."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text(rows_of(rare, common, classes))
    said = said_by(capsys, command, "t.csv", "--target", "y")
    if command == "check":
        copied = shlex.split(said.rpartition("To fit, copy ")[2])
        assert cli.run(copied[1:]) == 0, capsys.readouterr()
        held_out = copied[4:]
    else:
        held_out = []
    for folds in re.findall(r"--cv (\d+)", said):
        assert 2 <= int(folds) <= 5
        arguments = ["fit", "t.csv", "--target", "y", *held_out, "--cv", folds]
        assert cli.run(arguments) == 0, capsys.readouterr()
    capsys.readouterr()
    refused = said_by(capsys, "fit", "t.csv", "--target", "y", "--cv", "500")
    assert "cv=" not in refused
    assert not re.search(r"2 to [12]\b", refused)
    for folds in re.findall(r"give 2 (?:to (\d+) )?folds", refused):
        arguments = ["fit", "t.csv", "--target", "y", "--cv", folds or "2"]
        assert cli.run(arguments) == 0, capsys.readouterr()


N_ROWS = 60
OF_TABLES = {name: getattr(tables, name) for name in ("TableEncoder", "Date", "Category")}


def a_column(kind: str):
    """Give a column that no model can be fitted to as it is."""
    name = "the user's missing='drop'" if kind == "quoted" else kind
    values = {
        "dates": pd.date_range("2026-01-01", periods=N_ROWS),
        "quoted": pd.date_range("2026-01-01", periods=N_ROWS),
        "days": [f"2026-01-{1 + i % 28:02}" for i in range(N_ROWS)],
        "durations": pd.to_timedelta(range(N_ROWS), unit="D"),
        "gaps": ["u", None, "v"] * (N_ROWS // 3),
        "all gaps": [None] * N_ROWS,
        "mistake": ["x", "0", *map(str, range(N_ROWS - 2))],
    }[kind]
    return name, values


def typed(text: str) -> list:
    """Evaluate every encoder that a message gives to type."""
    found = []
    for start in (each.end() for each in re.finditer("encoder=", text)):
        ends = (i for i in range(start, len(text) + 1) if text[start:i].endswith(")"))
        end = next(i for i in ends if text[start:i].count("(") == text[start:i].count(")"))
        found.append(eval(text[start:end], OF_TABLES))  # noqa: S307  our own words
    return found


@pytest.mark.parametrize("formula", [False, True])
@pytest.mark.parametrize(
    "kind", ["dates", "quoted", "days", "durations", "gaps", "all gaps", "mistake"]
)
def test_what_an_encoder_refuses_is_mended_by_what_the_estimator_takes(kind, formula):
    name, values = a_column(kind)
    y = np.arange(N_ROWS) % 7 % 2
    X = pd.DataFrame({name: values, "town": ["Ur", "Ys"] * (N_ROWS // 2), "age": np.arange(N_ROWS)})
    if formula:
        X, name = X.rename(columns={name: "when"}), "when"
    asked = {"formula": "when + town"} if formula else {}
    with pytest.raises(InputError) as refused:
        LogisticRegression(**asked).fit(X, y)
    text = str(refused.value)
    remedies = typed(text)
    assert remedies, text
    bare = re.sub(r"encoder=TableEncoder\(.*?[')}]\)", "", text.replace(repr(name), "name"))
    assert not re.search("(columns|missing|unseen)=", bare), text
    for encoder in remedies:
        dropped = "drop" in (encoder.columns or {}).values()
        if not (formula and (dropped or kind == "all gaps" or encoder.missing == "indicator")):
            LogisticRegression(encoder=encoder, **asked).fit(X, y)
    with pytest.raises(InputError) as direct:
        TableEncoder().fit(X)
    assert "encoder=" not in str(direct.value)


def test_a_level_that_training_did_not_show_is_mended_in_the_next_fit():
    d = table()
    X, y = d[["age", "town"]], d.ill
    new = X.assign(town="Atlantis")
    model = LogisticRegression().fit(X, y)
    for ask in (model.predict, model.predict_proba, lambda new: model.score(new, y)):
        with pytest.raises(InputError) as refused:
            ask(new)
        (encoder,) = typed(str(refused.value))
        mended = LogisticRegression(encoder=encoder).fit(X, y)
        assert len(mended.predict(new)) == len(new)


@pytest.mark.parametrize("kind", ["frame", "file"])
@pytest.mark.parametrize("findings", ["auto", "full"])
def test_a_finding_is_mended_by_what_the_estimator_takes(tmp_path, kind, findings):
    """What a finding of a fit gives to type is an argument of it, or stands in one."""
    d = table(400)
    rng = np.random.default_rng(3)
    d["pay"] = [f"${each:,.2f}" for each in rng.choice(np.arange(1, 90) * 100.25, 400)]
    d["share"] = [f"{each}%" for each in rng.choice(np.arange(1, 90), 400)]
    d["pool"] = rng.choice(["None", "indoor", "outdoor"], 400)
    d.loc[rng.random(400) < 0.3, "age"] = None
    if kind == "file":
        pytest.importorskip("polars")
        d.to_csv(tmp_path / "t.csv", index=False)
        d = tables.read_table(tmp_path / "t.csv")
    model = LogisticRegression(encoder=TableEncoder(missing="drop"), findings=findings)
    found = model.fit(d, "ill").findings_
    codes = {str(each.code) for each in found}
    assert codes >= {"amounts", "dropped_rows", *(["looks_missing"] if findings == "full" else [])}
    own = model.get_params(deep=False).keys()
    for each in found:
        for encoder in typed(each.remedy):
            LogisticRegression(encoder=encoder, C=0.5)
        bare = re.sub(r"encoder=TableEncoder\(.*?[')}\]]\)|read_table\(…, .*?\)", "", each.remedy)
        assert set(re.findall(r"(\w+)=", bare)) <= own, each
    dropped = next(each for each in found if each.code == "dropped_rows")
    assert len(typed(dropped.remedy)) == 2
    for encoder in typed(dropped.remedy):
        encoder.missing = "drop" if encoder.columns else encoder.missing
        again = LogisticRegression(encoder=encoder).fit(d, "ill").findings_
        assert "dropped_rows" not in {str(each.code) for each in again}


# --- weights that are fractions ------------------------------------------------------------------

FRACTIONS = np.resize([0.5, 1, 2, 3.7, 0], ROWS)
ERRORS_OF = re.compile(r"Standard errors are .*?, from the (\d+) training rows")
ASKED = "--weights-are sampling", "--weights-are precision", "--robust"


@pytest.fixture
def weighted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    weights = {"w": FRACTIONS.astype(str), "whole": FRACTIONS.round().astype(int).astype(str)}
    (tmp_path / "t.csv").write_text(csv_text(age=AGES, **weights))


@pytest.mark.usefixtures("weighted")
def test_what_fractions_mean_is_asked_in_options_that_work(capsys):
    line = ["t.csv", "--target=y", "--weights=w"]
    fit = said_by(capsys, "fit", *line, "--test-size=0")
    asked = "No standard errors: the column of --weights holds fractions, which count no rows"
    question = fit[fit.index(asked) :].partition(" Measured")[0]
    assert not PYTHON.search(question)
    assert "sample_weight" not in question
    for option in ASKED:
        assert option in question
        told = said_by(capsys, "fit", *line, "--test-size=0", *option.split())
        assert int(ERRORS_OF.search(told)[1]) == (FRACTIONS > 0).sum()
        assert not PYTHON.search(told.partition("Standard errors")[2].partition("Measured")[0])
    check = said_by(capsys, "check", *line)
    assert question.removeprefix("No standard errors: ") in check
    assert "sampling" in said_by(capsys, "fit", *line, "--firth")


@pytest.mark.usefixtures("weighted")
@pytest.mark.parametrize(
    "more", ["--weights=w", *(f"--weights=w {each}" for each in ASKED[:2]), "", "--weights=whole"]
)
def test_the_copied_fit_has_standard_errors_whatever_the_weights(capsys, more):
    assert cli.run(["check", "t.csv", "--target=y", *more.split()]) == 0
    out = capsys.readouterr().out
    copied = shlex.split(out.splitlines()[-1])
    assert ("--robust" in copied) == ("holds fractions" in out) == (more == "--weights=w")
    assert ERRORS_OF.search(said_by(capsys, *copied[1:]))


def test_what_a_summary_says_of_the_users_names_is_no_remedy(tmp_path, monkeypatch, capsys):
    """A note of a summary names classes and columns without quotes."""
    monkeypatch.chdir(tmp_path)
    few = at(np.full(ROWS, "no", object), [3, 30], "max_iter")
    (tmp_path / "t.csv").write_text(csv_text(y=few))
    said = said_by(capsys, "fit", "t.csv", "--target=y", "--test-size=0")
    assert "Note: the rows of class max_iter weigh 2, fewer than" in said
    assert "--max-iter" not in said
