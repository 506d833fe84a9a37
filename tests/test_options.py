"""The options of the command line about the model: each does what Python does, or is refused."""

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest

from glasslogit import LogisticRegression, LogisticRegressionCV, cli, firth, summarize
from glasslogit.cli import commands as commands_of_glasslogit
from glasslogit.cli.combinations import CLASHES, NEEDS
from glasslogit.cli.fit import PICTURES
from glasslogit.evaluate import log_loss, split_rows
from glasslogit.export import load_model, save_model
from glasslogit.tables import Category, TableEncoder, read_table

pytest.importorskip("typer")
N = 240
HEADER = ("age", "town", "size", "pull", "family", "bought")
RANDOM = np.random.default_rng(4)
AGE = RANDOM.integers(18, 80, N).astype(float)
TOWN = RANDOM.choice(["Ghent", "Bruges", "Ypres"], N, p=[0.5, 0.3, 0.2])
SIZE = RANDOM.integers(0, 4, N).astype(float)
PULL = RANDOM.normal(size=N).round(3)
FAMILY = np.arange(N) // 3
BOUGHT = (AGE - 50) / 10 + (TOWN == "Bruges") + PULL + RANDOM.logistic(size=N) > 0
TRIALS = RANDOM.integers(1, 9, N)
CURED = RANDOM.binomial(TRIALS, 1 / (1 + np.exp(-(AGE - 50) / 10)))
X = np.column_stack([AGE, TOWN == "Bruges", TOWN == "Ypres"]).astype(float)
Y = np.where(BOUGHT, "yes", "no")
ALONE = "--test-size 0 --model m.json"
OUT = {"w": "--drop size", "o": "--drop pull", "f": "--drop family"}


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    rows = zip(AGE.astype(int), TOWN, SIZE.astype(int), PULL, FAMILY, Y, strict=True)
    write(tmp_path / "t.csv", rows)


def write(path, rows, header=HEADER):
    with path.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def run(capsys, line):
    code = cli.run(line.split())
    out, err = capsys.readouterr()
    return code, out, err


def fitted(capsys, options):
    """Fit to the table; leave the columns out that the options do not name."""
    unused = [drop for drop in OUT.values() if f" {drop.split()[1]}" not in f" {options} "]
    code, out, err = run(capsys, f"fit t.csv --target bought {ALONE} {' '.join(unused)} {options}")
    assert (code, err) == (0, "")
    return out


def coefficients(model):
    return np.append(model.coef_, model.intercept_)


def plain(**settings):
    return lambda: LogisticRegression(**settings).fit(X, Y)


def encoded(**policies):
    drop = dict.fromkeys(("size", "pull", "family"), "drop")
    columns = drop | policies.pop("columns", {})
    encoder = TableEncoder(columns, missing="drop", **policies)
    return lambda: LogisticRegression(encoder=encoder).fit(read_table("t.csv"), "bought")


def weighted(**settings):
    return lambda: LogisticRegression(**settings).fit(X, Y, SIZE)


YPRES = {"town": Category("Ypres", missing="drop")}
SAME = {
    "--C inf": plain(C=np.inf),
    "--l1-ratio 0.5 --C 0.1": plain(C=0.1, l1_ratio=0.5),
    "--l1-ratio 1": plain(l1_ratio=1),
    "--standardise": encoded(standardise=True),
    "--reference town=Ypres": encoded(columns=YPRES),
    "--weights size": weighted(),
    "--weights size --weights-are sampling": weighted(weights="sampling"),
    "--offset pull": lambda: LogisticRegression().fit(X, Y, offset=PULL),
    "--cv 5": lambda: LogisticRegressionCV(cv=5).fit(X, Y),
    "--cv 4 --cv-rule one_se": lambda: LogisticRegressionCV(cv=4, rule="one_se").fit(X, Y),
    "--cv 3 --l1-ratio 1": lambda: LogisticRegressionCV(cv=3, l1_ratios=[1]).fit(X, Y),
    "--cv 3 --weights size --offset pull": lambda: LogisticRegressionCV(cv=3).fit(X, Y, SIZE, PULL),
    "--firth": lambda: firth(X, Y).model,
    "--firth --weights size": lambda: firth(X, Y, SIZE).model,
}


@pytest.mark.parametrize("options", SAME)
def test_each_option_gives_the_model_that_python_gives(capsys, options):
    fitted(capsys, options)
    model, same = load_model("m.json"), SAME[options]()
    np.testing.assert_allclose(coefficients(model), coefficients(same), rtol=1e-6, atol=1e-9)
    for name in ("C_", "l1_ratio_"):
        if hasattr(same, name):
            assert getattr(model, name.rstrip("_")) == getattr(same, name)
    if "--weights " in options or "--offset" in options:
        assert not {"size", "pull"} & set(model.feature_names_.tolist())
    if options.startswith("--weights size --"):
        assert model.weights == "sampling"


def shares():
    return LogisticRegressionCV(cv=3).fit(X, CURED / TRIALS, TRIALS)


SEARCHED = {
    "--target bought --cv 3": lambda: LogisticRegressionCV(cv=3).fit(X, Y),
    "--target bought --cv 3 --weights size": lambda: LogisticRegressionCV(cv=3).fit(X, Y, SIZE),
    "--target cured --trials n --cv 3": shares,
}


@pytest.mark.parametrize("options", SEARCHED)
def test_a_search_of_the_command_line_is_told_with_the_scores_of_python(capsys, options):
    kept = [each for each in ("bought", "cured", "n", "size") if f" {each}" not in options]
    rows = zip(AGE.astype(int), TOWN, SIZE.astype(int), Y, CURED, TRIALS, strict=True)
    write(Path("t.csv"), rows, ("age", "town", "size", "bought", "cured", "n"))
    drops = " ".join(f"--drop {name}" for name in kept)
    code, out, err = run(capsys, f"fit t.csv {ALONE} {drops} {options}")
    assert (code, err) == (0, "")
    search = SEARCHED[options]()
    assert load_model("m.json").C == search.C_
    place = int(np.flatnonzero(search.Cs_ == search.C_)[0])
    scores = -search.scores_[:, 0, place]
    said = f"log loss {scores.mean():.4f} ± {scores.std(ddof=1) / 3**0.5:.4f}  (chosen, best)"
    assert said in out


ERRORS = {
    "--C inf": {},
    "--C inf --robust": {"covariance": "robust"},
    "--C inf --cluster family": {"covariance": "cluster", "groups": FAMILY},
    "--C inf --weights size --weights-are sampling": {"weights": "sampling"},
    "--C inf --offset pull --robust": {"covariance": "robust", "offset": PULL},
    "--robust": {"C": 1.0, "covariance": "robust"},
}


def printed(out, name):
    """Read the numbers of a line of the table of coefficients; a p-value below 1e-4 as 0."""
    (line,) = [each for each in out.split("\n") if each.split()[:1] == [name] and "0." in each]
    words = line.split()[1:]
    words = words if name in {"age", "dose", "(Intercept)"} else words[1:]  # a level has its rows
    return [0.0 if word.startswith("<") else float(word) for word in words[:5]]


@pytest.mark.parametrize("positive", ["yes", "no"])
@pytest.mark.parametrize("options", ERRORS)
def test_errors_intervals_and_p_values_are_those_of_summarize(capsys, options, positive):
    asked = dict(ERRORS[options])
    settings = {"C": asked.pop("C", np.inf), "weights": asked.pop("weights", "frequency")}
    rows = (X, Y, SIZE if "--weights" in options else None, asked.pop("offset", None))
    other = {"yes": "no", "no": "yes"}[positive]
    known = summarize(LogisticRegression(**settings).fit(*rows), *rows, **asked, reference=other)
    out = fitted(capsys, f"{options} --positive {positive}")
    for name, j in (("(Intercept)", 0), ("age", 1), ("Ypres", 3)):
        expected = [getattr(known, each)[j] for each in ("coef", "std_error", "ci_low", "ci_high")]
        np.testing.assert_allclose(printed(out, name)[:4], expected, rtol=6e-3)
        assert printed(out, name)[4] == pytest.approx(known.p_value[j], abs=1e-4)


@pytest.mark.parametrize("positive", ["yes", "no"])
def test_a_firth_fit_prints_the_profile_of_its_likelihood(capsys, positive):
    found, sign = firth(X, Y), 1 if positive == "yes" else -1
    out = fitted(capsys, f"--firth --positive {positive} --plots p")
    for name, j in (("(Intercept)", -1), ("age", 0), ("Ypres", 2)):
        ends = sorted([sign * found.ci_low[j, 0], sign * found.ci_high[j, 0]])
        expected = [sign * found.coef[j, 0], found.std_error[j, 0], *ends]
        np.testing.assert_allclose(printed(out, name)[:4], expected, rtol=6e-3)
        assert printed(out, name)[4] == pytest.approx(found.p_value[j, 0], abs=1e-4)
    assert "Firth's penalised likelihood" in out


def test_the_chosen_strength_stands_beside_its_neighbours(capsys):
    search = LogisticRegressionCV(cv=5, rule="one_se").fit(X, Y)
    out = fitted(capsys, "--cv 5 --cv-rule one_se")
    means = -search.scores_[:, 0].mean(axis=0)
    place, best = int(np.flatnonzero(search.Cs_ == search.C_)[0]), int(means.argmin())
    assert place != best
    lines = [line.split() for line in out.split("\n") if "±" in line]
    shown = {float(line[2].rstrip(":")): float(line[5]) for line in lines}
    for j in (place - 1, place, place + 1, best):
        assert shown[float(f"{search.Cs_[j]:.4g}")] == pytest.approx(means[j], abs=1e-4)
    (chosen,) = [line for line in out.split("\n") if "(chosen" in line]
    assert f"C = {search.C_:.4g}:" in chosen
    assert f"penalty, C = {search.C_:.4g}" in out


@pytest.fixture
def counted():
    """A table of doses with trials, and its columns."""
    dose, trials = np.arange(40) % 8 / 2.0, 1 + np.arange(40) % 11
    cured = np.random.default_rng(2).binomial(trials, 1 / (1 + np.exp(2 - dose)))
    write(Path("trials.csv"), zip(dose, cured, trials, strict=True), ("dose", "cured", "patients"))
    return dose[:, None], cured, trials


@pytest.mark.parametrize("options", ["--C inf", "--C 1", "--firth", "--C inf --robust"])
def test_trials_are_those_of_python(capsys, counted, options):
    dose, cured, trials = counted
    line = f"fit trials.csv --target cured --trials patients {ALONE} {options} --threshold f1"
    code, out, err = run(capsys, f"{line} --plots p")
    assert (code, err) == (0, "")
    model, share = load_model("m.json"), cured / trials
    same = LogisticRegression(C=1.0 if options == "--C 1" else np.inf).fit(dose, share, trials)
    if options == "--firth":
        same = firth(dose, share, trials).model
    else:
        how = {"covariance": "robust"} if "--robust" in options else {}
        known = summarize(same, dose, share, trials, **how)
        expected = [getattr(known, each)[1] for each in ("coef", "std_error")]
        np.testing.assert_allclose(printed(out, "dose")[:2], expected, rtol=6e-3)
    np.testing.assert_allclose(coefficients(model), coefficients(same), rtol=1e-6)
    assert model.feature_names_.tolist() == ["dose"]
    assert f"cured: {cured.sum()} events in {trials.sum()} trials" in out
    p = same.predict_proba(dose)
    loss = log_loss(np.repeat([1, 0], 40), np.tile(p, (2, 1)),
                    sample_weight=np.append(cured, trials - cured))  # fmt: skip
    _, measured, _ = run(capsys, "evaluate m.json trials.csv")
    for text in (out, measured):
        (said,) = [row.split() for row in text.split("\n") if row.startswith(" log loss")]
        assert float(said[2]) == pytest.approx(loss, abs=1e-4)
    assert run(capsys, "predict m.json trials.csv")[1].count("\n") == 41


BAD_TRIALS = {
    "1.0,3,2": "row 42, column 'cured': '3' is more than the row's trials",
    "1.0,1.5,2": "'1.5' is no number of events",
    "1.0,1,0": "column 'cured': '1' is more than the row's trials (patients)",
    "1.0,0,-2": "column 'patients': '-2' is no number of trials",
    "1.0,few,2": "'few' is not a number",
    "1.0,1,many": "'many' is not a number",
    "1.0,1,1e999": "'1e999' is not a finite number",
}


@pytest.mark.usefixtures("counted")
def test_what_is_no_count_of_trials_is_refused_by_its_row_or_left_out(capsys):
    """Where rows are to be fitted it is an error, where they are measured it costs its row."""
    run(capsys, f"fit trials.csv --target cured --trials patients {ALONE}")
    lines = Path("trials.csv").read_text().splitlines()
    measured = run(capsys, "evaluate m.json trials.csv")[1].partition("Measured on")[2]
    for row, refused in BAD_TRIALS.items():
        kind = refused.rpartition("' is ")[2]
        Path("bad.csv").write_text("\n".join([*lines, row]))
        code, _, err = run(capsys, "fit bad.csv --target cured --trials patients")
        assert code == 1
        assert refused in err
        code, out, _ = run(capsys, "evaluate m.json bad.csv")
        assert code == 0
        assert "1 row without a count of events and trials that can be used (42): " in out
        assert kind in out
    Path("bad.csv").write_text("\n".join([*lines, *BAD_TRIALS, "1.0,1,", "1.0,,3"]))
    code, out, _ = run(capsys, "evaluate m.json bad.csv")
    assert code == 0
    assert out.partition("Measured on")[2] == measured
    said = " ".join(out.split())
    assert "1 row without cured" in said
    assert "8 rows without a count of events and trials that can be used (42, 43, 44, 45" in said
    assert "patients is no number of trials in 1, " in said
    assert run(capsys, "evaluate m.json bad.csv --strict")[0] == 1


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize("row", ["1.0,0,0", "1.0,,0"])
def test_a_row_of_no_trial_tells_nothing_and_stops_nothing(capsys, row):
    lines = Path("trials.csv").read_text().splitlines()
    Path("more.csv").write_text("\n".join([*lines, row]))
    asked = f"--target cured --trials patients {ALONE}"
    run(capsys, f"fit trials.csv {asked}")
    coefficients = load_model("m.json").coef_.tolist()
    code, out, _ = run(capsys, f"fit more.csv {asked}")
    assert code == 0
    assert "1 row without a value of 'cured', or with 0 'patients'" in " ".join(out.split())
    assert load_model("m.json").coef_.tolist() == coefficients
    assert run(capsys, "check more.csv --target cured --trials patients")[0] < 2
    out = " ".join(run(capsys, "evaluate m.json more.csv")[1].split())
    assert "(42): patients is 0, so that the row tells nothing in 1" in out


@pytest.mark.usefixtures("counted")
def test_the_trials_of_another_file_have_a_column_of_their_own(capsys):
    run(capsys, f"fit trials.csv --target cured --trials patients {ALONE}")
    Path("other.csv").write_text("dose,cured,n\n1.0,1,2\n2.0,1,1\n")
    assert "--trials names another" in run(capsys, "evaluate m.json other.csv")[2]
    assert run(capsys, "evaluate m.json other.csv --trials n")[0] == 0


@pytest.mark.parametrize("options", ["", "--cv 3", "--firth"])
def test_findings_are_silenced_whatever_is_fitted(capsys, options):
    code = "contradicting_rows"
    rows = [*csv.reader(Path("t.csv").read_text().splitlines())][1:]
    turned = [[*row[:-1], {"yes": "no", "no": "yes"}[row[-1]]] for row in rows[:9]]
    write(Path("t.csv"), rows + turned)
    assert code in fitted(capsys, options)
    assert code not in fitted(capsys, f"{options} --silence {code}")


VALUES = {
    "--C": "2",
    "--cv": "3",
    "--l1-ratio": "0.5",
    "--cluster": "family",
    "--weights": "size",
    "--trials": "size",
    "--offset": "pull",
    "--solver": "newton",
    "--formula": "age",
    "--weights-are": "sampling",
    "--cv-rule": "one_se",
}


def typed(option):
    return f"{option} {VALUES.get(option, '')}"


@pytest.mark.parametrize("pair", CLASHES, ids=" ".join)
def test_options_without_a_meaning_together_are_refused_by_name(capsys, pair):
    more = "--weights size" if "--weights-are" in pair else ""
    line = f"fit t.csv --target bought {ALONE} {more} {' '.join(map(typed, pair))}"
    code, out, err = run(capsys, line)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert f"{pair[0]} and {pair[1]}" in err


@pytest.mark.parametrize("option", NEEDS)
def test_an_option_that_needs_another_says_so(capsys, option):
    code, _, err = run(capsys, f"fit t.csv --target bought {typed(option)}")
    assert code == 2
    assert f"{option} has no meaning without {NEEDS[option]}" in err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--weights size --drop size", ["'size'", "--weights", "--drop"]),
        ("--weights pull --offset pull", ["'pull'", "--weights", "--offset"]),
        ("--weights bought", ["'bought'", "--target", "--weights"]),
        ("--formula age+size --weights size", ["'size'", "--weights", "--formula"]),
        ("--cluster town --reference town=Ypres", ["'town'", "--cluster", "--reference"]),
        ("--weights town", ["column 'town' holds no number but 'Ghent', 'Bruges'", "--weights"]),
        ("--weights pull", ["column 'pull'", "negative weight"]),
        ("--weights nope", ["no column 'nope'"]),
        ("--reference town", ["'town' is not COLUMN=LEVEL"]),
        (
            "--reference town=Rome",
            ["'Rome' is not one of its levels", "'Ghent'", "; give one of them"],
        ),
        ("--reference town=Ypres --reference town=Ghent", ["'town'", "give one"]),
        ("--reference size=2", ["'size' holds numbers", "as well"]),
        ("--reference size=9", ["'size' holds numbers", "as well"]),
        ("--l1-ratio 2", ["--l1-ratio 2 is not valid", "between 0 and 1"]),
        ("--cv 1", ["--cv", "2"]),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(capsys, options, said):
    code, out, err = run(capsys, f"fit t.csv --target bought {options}")
    assert code in {1, 2}
    assert (out, err.count("\n")) == ("", 1)
    for part in said:
        assert part in err


THREE = {
    "--C inf": {"C": np.inf},
    "": {"C": 1.0},
    "--C inf --robust": {"C": np.inf, "covariance": "robust"},
    "--cluster family": {"C": 1.0, "covariance": "cluster", "groups": FAMILY},
    "--C inf --weights size": {"C": np.inf, "sample_weight": SIZE},
}


def section(out, heading):
    """The lines below a heading of a table, up to the next one at its height."""
    lines = out.partition("Odds ratio:")[0].split("\n")
    start = next(i for i, line in enumerate(lines) if line.strip() == heading)
    depth = len(lines[start]) - len(lines[start].lstrip())
    below = lines[start + 1 :]
    ends = (i for i, x in enumerate(below) if x.strip() and len(x) - len(x.lstrip()) <= depth)
    return below[: next(ends, len(below))]


@pytest.mark.parametrize("options", THREE)
def test_of_three_classes_each_stands_against_the_first_with_its_errors(
    capsys, monkeypatch, options
):
    monkeypatch.setenv("COLUMNS", "80")
    asked = {**THREE[options]}
    weight, C = asked.pop("sample_weight", None), asked.pop("C")
    rows = np.column_stack([AGE, PULL]), TOWN, weight
    known = summarize(LogisticRegression(C=C).fit(*rows), *rows, **asked)
    drop = [name for name in ("size", "family", "bought") if name not in options]
    drops = " ".join(f"--drop {name}" for name in drop)
    code, out, err = run(capsys, f"fit t.csv --target town {ALONE} {drops} {options}")
    assert (code, err) == (0, "")
    assert "Coefficients for each class against Bruges" in out
    assert max(map(len, out.split("\n"))) <= 80
    for k, label in enumerate(known.equations):
        lines = section(out, f"{label} (against Bruges)")
        for j, name in enumerate(("(Intercept)", "age", "pull")):
            (line,) = [line.split() for line in lines if line.split()[:1] == [name]]
            found = [0.0 if word.startswith("<") else float(word) for word in line[1:]]
            names = ("coef", "std_error", "ci_low", "ci_high", "p_value", "odds_ratio")
            wanted = [getattr(known, each)[3 * k + j] for each in names]
            np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=1e-4)


def test_the_command_line_and_python_show_the_same_lines(capsys):
    """Names, headings and numbers of `fit` are those of the text of its summary."""
    out = fitted(capsys, "--C inf")
    table = read_table("t.csv")
    encoder = TableEncoder(dict.fromkeys(("size", "pull", "family"), "drop"))
    model = LogisticRegression(C=np.inf, encoder=encoder).fit(table, "bought")
    told = str(summarize(model, table, "bought")).split("\n")
    printed_lines = out.partition("Coefficients")[2].partition("Odds ratio:")[0].split("\n")
    for name in ("(Intercept)", "age", "town (against Ghent)", "Bruges", "Ypres"):
        (one,) = [line for line in told if line.lstrip().startswith(name)]
        (other,) = [line for line in printed_lines if line.lstrip().startswith(name)]
        assert len(one) - len(one.lstrip()) == len(other) - len(other.lstrip()) - 1
        if "against" in name:
            assert one.strip() == other.strip() == name
            continue
        numbers = one.removeprefix(one[: len(one) - len(one.lstrip())]).split()[1:]
        coef, error, _, p, low, high, odds = numbers
        assert other.split()[-6:] == [coef, error, low, high, p, odds]


def test_rows_without_a_weight_are_left_out_or_refused(capsys):
    rows = list(csv.reader(Path("t.csv").read_text().splitlines()))[1:]
    for j in (3, 9):
        rows[j][2] = ""
    write(Path("t.csv"), rows)
    out = fitted(capsys, "--weights size")
    assert "2 rows with a missing value ('size' 2)" in out
    assert json.loads(Path("m.json").read_text())["training"]["rows_trained"] == N - 2
    line = "fit t.csv --target bought --weights size --missing error"
    code, _, err = run(capsys, line)
    assert code == 1
    assert "row 5, column 'size': missing" in err
    assert "--missing drop" in err


def test_a_model_with_an_offset_asks_for_it(capsys):
    fitted(capsys, "--offset pull")
    assert run(capsys, "predict m.json t.csv -o p.csv")[0] == 0
    lines = list(csv.DictReader(Path("p.csv").read_text().splitlines()))
    p = [float(line["probability of yes"]) for line in lines]
    same = LogisticRegression().fit(X, Y, offset=PULL)
    np.testing.assert_allclose(p, same.predict_proba(X, offset=PULL)[:, 1], rtol=1e-9)
    assert run(capsys, "evaluate m.json t.csv")[0] == 0
    _, out, _ = run(capsys, "explain m.json t.csv --row 4")
    assert f"{p[2]:.3f}" in out
    rows = [(40, "Ghent", 0.5), (40, "Ghent", "")]
    write(Path("new.csv"), rows, ("age", "town", "push"))
    for command in ("predict m.json new.csv", "explain m.json new.csv --row 2"):
        code, _, err = run(capsys, command)
        assert code == 1
        assert "no column 'pull', the offset of the model (--offset names another)" in err
        assert run(capsys, f"{command} --offset push")[0] == 0
    _, out, _ = run(capsys, "predict m.json new.csv --offset push")
    assert out.splitlines()[2] == "3,,,push is missing"
    alone = load_model("m.json")
    del alone.training_  # as of a model that was fitted in Python
    save_model(alone, "python.json")
    assert "--offset COLUMN" in run(capsys, "predict python.json t.csv")[2]
    assert run(capsys, "predict python.json t.csv --offset pull")[1].count("\n") == N + 1
    fitted(capsys, "")
    assert "was fitted without an offset" in run(capsys, "predict m.json t.csv --offset pull")[2]


def test_held_out_rows_weigh_what_they_weigh(capsys):
    line = "fit t.csv --target bought --weights size --drop pull --drop family --model m.json"
    _, out, _ = run(capsys, f"{line} --test-size 0.3")
    train, test = split_rows(N, 0.3, 0, Y)
    p = LogisticRegression().fit(X[train], Y[train], SIZE[train]).predict_proba(X[test])
    (said,) = [row.split() for row in out.split("\n") if row.startswith(" log loss")]
    assert float(said[2]) == pytest.approx(log_loss(Y[test], p, sample_weight=SIZE[test]), abs=1e-4)


def measured(out):
    """What a command said of the log loss."""
    (said,) = [row.split() for row in out.split("\n") if row.startswith(" log loss")]
    return float(said[2])


def test_evaluate_weighs_rows_by_the_column_of_the_model_or_another(capsys):
    fitted(capsys, "--weights size")
    p = LogisticRegression().fit(X, Y, SIZE).predict_proba(X)
    code, out, _ = run(capsys, "evaluate m.json t.csv")
    assert code == 0
    assert f"Measured on {N} rows that weigh {SIZE.sum():,.10g}, weighted by size" in out
    assert measured(out) == pytest.approx(log_loss(Y, p, sample_weight=SIZE), abs=1e-4)
    assert "size" not in out.partition("Ignored")[2].split("\n")[0]
    rows = list(csv.reader(Path("t.csv").read_text().splitlines()))
    plain = [[*row[:2], *row[3:]] for row in rows]
    write(Path("plain.csv"), plain[1:], plain[0])
    _, out, _ = run(capsys, "evaluate m.json plain.csv")
    assert "the model was fitted with the weights size, which this table" in " ".join(out.split())
    assert measured(out) == pytest.approx(log_loss(Y, p), abs=1e-4)
    doubled = [[*row[:2], 2 * int(row[2]), *row[3:]] for row in rows[1:]]
    write(Path("other.csv"), doubled, ["heavy" if name == "size" else name for name in rows[0]])
    _, out, _ = run(capsys, "evaluate m.json other.csv --weights heavy")
    assert measured(out) == pytest.approx(log_loss(Y, p, sample_weight=SIZE), abs=1e-4)
    assert "--weights names it" in run(capsys, "evaluate m.json other.csv --weights weight")[2]
    assert (
        "--trials and --weights"
        in run(capsys, "evaluate m.json t.csv --trials size --weights size")[2]
    )
    assert "not events among trials" in run(capsys, "evaluate m.json t.csv --trials size")[2]


def test_a_weight_that_cannot_be_used_costs_its_row(capsys):
    fitted(capsys, "--weights size")
    rows = list(csv.reader(Path("t.csv").read_text().splitlines()))
    kept = np.delete(np.arange(N), [0, 1, 2, 3])
    for row, bad in zip(rows[1:5], ("", "-1", "heavy", "1e999"), strict=True):
        row[2] = bad
    write(Path("bad.csv"), rows[1:], rows[0])
    code, out, _ = run(capsys, "evaluate m.json bad.csv")
    assert code == 0
    said = " ".join(out.split())
    assert "4 rows without a weight that can be used (2, 3, 4, 5)" in said
    for kind in ("is missing", "is a negative weight", "is not a number", "is not a finite number"):
        assert f"size {kind} in 1" in said
    p = LogisticRegression().fit(X, Y, SIZE).predict_proba(X[kept])
    weight = SIZE[kept]
    assert measured(out) == pytest.approx(log_loss(Y[kept], p, sample_weight=weight), abs=1e-4)
    assert run(capsys, "evaluate m.json bad.csv --strict")[0] == 1
    for row in rows[1:]:
        row[2] = "0"
    write(Path("none.csv"), rows[1:], rows[0])
    code, _, err = run(capsys, "evaluate m.json none.csv")
    assert code == 1
    assert "no row has a target, a probability and a positive weight (size), so there is" in err
    assert "no row has an outcome" in run(capsys, "evaluate m.json none.csv --against m.json")[2]


WRONG = {
    "no target": (["check", "t.csv"], "check"),
    "no value": (["fit", "t.csv", "--target"], "fit"),
    "no such choice": (["fit", "t.csv", "--target=y", "--weights-are=foo"], "fit"),
    "no such option": (["predict", "m.json", "t.csv", "--foo"], "predict"),
    "no file": (["evaluate"], "evaluate"),
    "no number": (["explain", "m.json", "t.csv", "--row=two"], "explain"),
    "a rule of ours": (["fit", "t.csv", "--target=y", "--threshold=high"], "fit"),
    "no such command": (["foo"], ""),
    "no command": (["--foo"], ""),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_command_line_names_the_help_that_helps(capsys, case):
    arguments, command = WRONG[case]
    assert cli.run(arguments) == 2
    said = capsys.readouterr().err
    page = f"glasslogit {command} --help" if command else "glasslogit --help"
    assert said.endswith(f"; try: {page}\n")
    assert "alue error" not in said
    assert cli.run(page.split()[1:]) == 0


def confused(out):
    """The sum of the confusion matrix that a command printed."""
    table = out.partition("Confusion")[2].partition("───\n")[2].split("\n\n")[0]
    return sum(float(each.replace(",", "")) for each in re.findall(r" ([\d,.]+) \(", table))


@pytest.mark.parametrize("split", ["--test-size 0.3", "--test-size 0"])
def test_what_is_measured_is_counted_as_the_table_below_counts_it(capsys, counted, split):
    """Rows that weigh, and rows of trials, are told with what they add up to; 0 is told too."""
    del counted
    rows = list(csv.reader(Path("t.csv").read_text().splitlines()))
    place = rows[0].index("size")
    write(
        Path("t.csv"),
        [[*row[:place], 0, *row[place + 1 :]] for row in rows[1:9]] + rows[9:],
        rows[0],
    )
    model = " --model m.json"
    for line, count, idle in (
        ("fit t.csv --target bought --weights size", r"rows that weigh ([\d,.]+)", True),
        ("fit t.csv --target bought", r"(\d+) [a-z-]*? ?rows", False),
        ("fit trials.csv --target cured --trials patients", r"rows with ([\d,]+) trials", False),
    ):
        code, out, err = run(capsys, f"{line} {split}{model}")
        assert code == 0, err
        told = re.search(f"Measured on .*?{count}", out).group(1)
        assert float(told.replace(",", "")) == pytest.approx(confused(out))
        said = " ".join(out.split())
        assert ("rows of weight 0" in said) == idle
        if idle and split.endswith(" 0"):
            assert f"{8 + (SIZE[8:] == 0).sum()} rows of weight 0" in said
        assert ("probability of an event" in said) == ("--trials" in line)
        assert "second in sorted order" not in said or "--trials" not in line
        _, out, _ = run(capsys, f"evaluate m.json {line.split()[1]}")
        told = re.search(f"Measured on .*?{count.replace('[a-z-]*? ?', '')}", out).group(1)
        assert float(told.replace(",", "")) == pytest.approx(confused(out))


@pytest.mark.parametrize(
    ("target", "options", "missing"),
    [
        ("bought", "", set()),
        ("town", "", {"thresholds.png", "coefficients.png"}),
        ("bought", "--firth", {"loss.png"}),
        ("rare", "", {"roc.png", "calibration.png", "thresholds.png"}),
    ],
)
def test_every_picture_is_drawn_or_named_with_the_reason(capsys, target, options, missing):
    rows = list(csv.reader(Path("t.csv").read_text().splitlines()))
    rare = ["yes" if k == 1 else "no" for k in range(N)]
    write(
        Path("t.csv"),
        [[*row, each] for row, each in zip(rows[1:], rare, strict=True)],
        (*HEADER, "rare"),
    )
    others = "" if target == "rare" else "--drop rare"
    line = f"fit t.csv --target {target} {others} {options} --model m.json --plots p"
    code, out, err = run(capsys, line)
    assert code == 0, err
    drawn = {path.name for path in Path("p").iterdir()}
    assert drawn | missing == set(PICTURES)
    assert not drawn & missing
    told = [each for each in out.split("\n") if each.startswith("Not drawn")]
    assert {name for each in told for name in re.findall(r"\w+\.png", each)} == missing
    assert all(each.partition(": ")[2] for each in told)


WRONG_ALONE = {  # what each option cannot be, whatever the files hold
    "--C": ["fit --C 0", "fit --C -1", "fit --C x", "fit --cv 5 --C 1", "fit --firth --C 1"],
    "--l1-ratio": ["fit --l1-ratio 2", "fit --l1-ratio x", "fit --l1-ratio 1 --C inf"],
    "--cv": ["fit --cv 1", "fit --cv x", "fit --cv 5 --firth"],
    "--cv-rule": ["fit --cv 5 --cv-rule worst", "fit --cv-rule one_se"],
    "--standardise": ["fit --standardise --firth", "fit --standardise --C inf"],
    "--firth": ["fit --firth --robust"],
    "--solver": ["fit --solver fast", "fit --solver newton --l1-ratio 1"],
    "--max-iter": ["fit --max-iter 0", "fit --max-iter x"],
    "--weights": ["fit --weights y", "fit --weights w --drop w", "check --weights w --drop w"],
    "--weights-are": ["fit --weights w --weights-are big", "fit --weights-are sampling"],
    "--trials": [*(f"{each} --trials n --weights w" for each in ("check", "fit", "evaluate"))],
    "--offset": ["fit --offset w --firth", "fit --offset w --drop w"],
    "--robust": ["fit --robust --cluster w"],
    "--cluster": ["fit --cluster w --categorical w"],
    "--test-size": ["fit --test-size 1", "fit --test-size -0.1", "fit --test-size x"],
    "--seed": ["fit --seed -1", "fit --seed x"],
    "--threshold": [
        f"{command} --threshold {rule}"
        for command in ("fit", "predict", "evaluate")
        for rule in ("5/1", "0", "1", "0:1", "x")
    ],
    "--missing": ["fit --missing never"],
    "--rare": ["fit --rare -1", "fit --rare x"],
    "--unseen": ["fit --unseen x", "predict --unseen x", "evaluate --unseen x"],
    "--reference": ["fit --reference a", "fit --reference a=1 --reference a=2"],
    "--date": ["fit --date a --drop a", "check --date a --categorical a"],
    "--drop": ["fit --drop y", "check --drop y"],
    "--categorical": ["fit --categorical y", "check --categorical y"],
    "--model": ["fit --model t.csv", "fit --model x --plots x"],
    "--output": ["predict --output t.csv", "predict --output m.json"],
    "--formula": ["fit --formula z~a", "fit --formula a+(", "check --formula a --weights a"],
    "--silence": ["fit --silence foo", "check --silence foo"],
    "--row": ["explain --row x"],
    "--sep": [f"{command} --sep xx" for command in ("check", "fit", "predict", "explain --row 2")],
    "--decimal": [f"{command} --decimal x" for command in ("check", "fit", "predict", "evaluate")],
    "--encoding": [f"{command} --encoding x" for command in ("check", "fit", "predict")],
}
NEVER_ALONE = {  # options that only files can prove wrong, or nothing
    *("--target", "--na", "--ignore-case", "--positive", "--class"),
    *("--plots", "--all", "--against", "--held-out", "--strict", "--keep"),
    *("--spreadsheet", "--help"),
}


def test_each_option_is_known_to_be_wrong_alone_or_never():
    import typer

    commands = typer.main.get_command(commands_of_glasslogit.app).commands.values()
    every = {each.opts[0] for command in commands for each in command.params}
    assert {each for each in every if each.startswith("--")} == {*WRONG_ALONE} | NEVER_ALONE - {
        "--help"
    }


@pytest.mark.parametrize("line", [line for lines in WRONG_ALONE.values() for line in lines])
def test_a_command_line_that_is_wrong_alone_ends_with_two(capsys, line):
    command, *options = line.split()
    of_model = command in {"predict", "evaluate", "explain"}
    files = ["m.json", "t.csv"] if of_model else ["t.csv", "--target", "bought"]
    if of_model:
        assert cli.run(["fit", "t.csv", "--target", "bought", "--model", "m.json"]) == 0
        capsys.readouterr()
    if "y" in options:
        options = ["bought" if each == "y" else each for each in options]
    assert cli.run([command, *files, *options]) == 2
    out, err = capsys.readouterr()
    assert not out
    assert err.count("\n") == 1


WRONG_DATA = [  # what only a file can make wrong, of a table to fit and of one to predict
    *(
        f"{command} {table}"
        for command in ("check", "fit")
        for table in (
            *("no.csv --target bought", "empty.csv --target bought", "ragged.csv --target bought"),
            *("t.csv --target buys", "one.csv --target bought"),
            "t.csv --target bought --drop nonsense",
            "t.csv --target bought --na nonsense=x",
            "t.csv --target bought --trials town",
        )
    ),
    *(
        f"{command} m.json {table}"
        for command in ("predict", "evaluate", "explain --row 2")
        for table in ("no.csv", "empty.csv", "t.csv --na nonsense=x")
    ),
    *("evaluate m.json t.csv --target town", "explain m.json t.csv --row 9999"),
]


@pytest.mark.parametrize("line", WRONG_DATA)
def test_a_fault_of_the_data_ends_with_one_whichever_command_finds_it(capsys, line):
    Path("empty.csv").write_text(",".join(HEADER) + "\n")
    Path("ragged.csv").write_text(",".join(HEADER) + "\n1\n2,3\n")
    rows = [[*row[:-1], "no"] for row in csv.reader(Path("t.csv").read_text().splitlines()[1:])]
    write(Path("one.csv"), rows)
    if "m.json" in line:
        assert cli.run(["fit", "t.csv", "--target", "bought", "--model", "m.json"]) == 0
        capsys.readouterr()
    assert cli.run(line.split()) == 1
    assert capsys.readouterr().err.count("\n") == 1
