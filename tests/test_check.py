"""`glasslogit check` says all that is wrong in one run, and prints a `fit` that runs."""

import csv
import re
import shlex

import numpy as np
import pytest

from glasslogit import cli
from glasslogit.errors import TableError
from glasslogit.tables import read_table
from problems import survey_columns

pytest.importorskip("typer", reason="the command line is an extra")

N = 120
WRONG = {  # what a column holds -> what is said of it, and the option that mends it
    "id": ([f"n{k}" for k in range(N)], "120 different texts in 120 rows", "--drop=id"),
    "zip": ([f"0{k % 7}" for k in range(N)], "'00' is a code", "--categorical=zip"),
    "age": ([str(k % 40 + 20) for k in range(N - 1)] + ["l0"], "'l0' is not a number", "=age"),
    "when": ([f"2024-01-{k % 28 + 1:02}" for k in range(N)], "is a date", "--date=when"),
    "european": ([f"{k % 28 + 1}/1/2024" for k in range(N)], "is a date", "--drop=european"),
    "nearly a date": (
        [f"2024-01-{k % 28 + 1:02}" if k else "31/1/2024" for k in range(N)],
        "is not a date such as 2024-01-02",
        "--drop=nearly a date",
    ),
    "pay": ([f"{k % 9 + 1}{'$€'[k % 2]}" for k in range(N)], "has '$' and", "=pay"),
    "big one": ([str(2**60 + k) for k in range(N)], "beyond 2⁵³", "--drop=big one"),
    "far": (["inf", *map(str, range(N - 1))], "is not a finite number", "=far"),
}


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path, columns):
    """A table of these columns, with a column `x` and a target that it does not decide."""
    random = np.random.default_rng(0)
    x = random.normal(size=N).round(3)
    y = np.where(x + random.logistic(size=N) > 0, "yes", "no")
    columns = {"x": x, **columns, "y": y}
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    return x


def checked(capsys, line):
    """The exit code, what is said, and the command to copy."""
    code = cli.run(shlex.split(line))
    out, err = capsys.readouterr()
    assert err == ""
    command = out.rstrip("\n").split("\n")[-1].strip()
    return code, " ".join(out.split()), command


def test_notes_below_the_rows_cost_no_column_and_are_no_rows_to_predict(here, capsys):
    write(here / "t.csv", {})
    plain = (here / "t.csv").read_text()
    (here / "noted.csv").write_text(plain + "Total,\n(c) Office,\n* provisional,\n")
    code, said, command = checked(capsys, "check noted.csv --target y")
    assert (code, command) == (0, "glasslogit fit noted.csv --target=y")
    for note in ("'Total', '(c) Office', '* provisional' below the rows are footers", "120 rows"):
        assert note in said
    assert cli.run([*shlex.split(command)[1:], "--model", "m.json"]) == 0
    assert cli.run(["predict", "m.json", "noted.csv", "-o", "p.csv"]) == 0
    assert len((here / "p.csv").read_text().splitlines()) == N + 1


def runs(capsys, command):
    """Run the printed command; what it says."""
    name, *arguments = shlex.split(command)
    assert name == "glasslogit"
    code = cli.run(arguments)
    out, err = capsys.readouterr()
    assert (code, err) == (0, "")
    return out


@pytest.mark.parametrize(
    ("header", "serious"),
    [("x,,y", 0), ("x,x,y", 0), ("x,y,y", 1), ("x,y,y,", 1), ("y,x,y", 0)],
)
def test_columns_without_a_name_of_their_own_are_judged_as_the_printed_fit_does(
    here, capsys, header, serious
):
    """What is left out already stops nothing, and a second target has to be chosen from."""
    x = np.random.default_rng(0).normal(size=N)
    y = np.where(np.arange(N) % 3 > 0, "yes", "no")
    values = {"x": x, "y": y, "": np.arange(N) % 7}
    names = header.split(",")
    rows = [names, *map(list, zip(*(values[name] for name in names), strict=True))]
    if serious:
        rows[2][2] = {"yes": "no", "no": "yes"}[rows[2][2]]
    with (here / "t.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    code, out, command = checked(capsys, "check t.csv --target y")
    assert "column column" not in out
    assert code == bool(serious)
    assert f"Result {'1 serious problem' if serious else 'nothing serious'}" in out
    assert out.count("Serious (reading)") == serious
    runs(capsys, command)
    if serious:
        assert "--drop 'y (2)'" in out
        assert checked(capsys, "check t.csv --target y --drop 'y (2)'")[0] == 0


@pytest.mark.parametrize(("header", "named"), [(",y", "x,y"), (",,y", "id,x,y"), ("y,", "y,x")])
@pytest.mark.parametrize("title", ["", "Sales of 2024\n"])
def test_a_file_of_a_target_and_columns_without_names_says_so(here, capsys, header, named, title):
    """Named in the row that is told they are learned from."""
    fields = {"x": "{0}", "id": "{1}", "y": "{2}", "": "{0}"}
    line = ",".join(fields[name] for name in named.split(","))
    rows = [line.format(k % 5, k, "yes" if k % 3 else "no") for k in range(20)]
    for names, code in ((header, 1), (named, 0)):
        (here / "t.csv").write_text("\n".join([f"{title}{names}", *rows]))
        assert cli.run(shlex.split("check t.csv --target y")) == code
        said = capsys.readouterr().err
        assert said.startswith("glasslogit: t.csv: there is nothing to learn from") == code
        assert (f"in row {2 if title else 1} if" in said) == code


@pytest.mark.parametrize("names", [*[[name] for name in WRONG], list(WRONG)])
def test_every_column_is_named_and_the_command_runs(here, capsys, names):
    write(here / "t.csv", {name: WRONG[name][0] for name in names})
    code, out, command = checked(capsys, "check t.csv --target y")
    assert code == 1
    for name in names:
        _, said, option = WRONG[name]
        assert said in out
        assert option in shlex.join(shlex.split(command)).replace("'", "")
    assert "To fit, copy" in out
    runs(capsys, command)
    with pytest.raises(TableError, match=names[0]) as caught:
        survey_columns(read_table(here / "t.csv"), target="y")
    assert all(repr(name) in str(caught.value) for name in names)


@pytest.mark.parametrize("command", ["check", "fit --test-size 0"])
def test_what_holds_in_the_rows_that_are_left_is_said_of_them(here, capsys, command):
    """A column that is constant in them holds other values where another column has a gap."""
    age = [f"{k * 7 % 31}.5" if k % 2 else "" for k in range(N)]
    pay = ["7" if k % 2 else str(k % 9) for k in range(N)]
    flag = ["" if k % 2 else "1" for k in range(N)]
    write(here / "t.csv", {"its age": age, "pay": pay, "flag": flag})
    said = []
    for more in ("", "--drop 'its age'", "--missing indicator"):
        assert cli.run(shlex.split(f"{command} t.csv --target y {more}")) == 0
        said.append(" ".join(capsys.readouterr().out.split()))
    assert "Dropped column 'pay': always '7' in the 60 rows that are left" in said[0]
    keeps = "--drop 'its age', or --missing indicator keeps them"
    assert f"left out are 60 rows with a value of 'pay' and none of 'its age': {keeps}" in said[0]
    assert all("Dropped column 'flag': always '1'" in each for each in said)
    assert not any("column pay:" in each for each in said[1:])


@pytest.mark.parametrize("options", ["", "--drop x"])
@pytest.mark.parametrize("names", [["big one"], ["id", "big one"]])
@pytest.mark.parametrize("y", ["", "yes"])
def test_what_is_said_to_be_below_is_below(here, capsys, names, options, y):
    """Where no column is left, or no model, nothing is, and nobody has asked for what was done."""
    write(here / "t.csv", {name: WRONG[name][0] for name in names})
    if y:
        (here / "t.csv").write_text((here / "t.csv").read_text().replace(",no\n", f",{y}\n"))
    code = cli.run(shlex.split(f"check t.csv --target y {options}"))
    out, err = capsys.readouterr()
    assert all(WRONG[name][1] in " ".join(out.split()) for name in names)
    below = not (options or y)
    assert ("below: --" in out) is below is ("To fit, copy" in out)
    assert "request" not in out + err
    if options:
        serious = f"{len(names)} serious problem{'s' * (len(names) > 1)} (exit code 1)"
        assert (code, err) == (1, "")
        assert serious in out
        assert "no column is left" in out
    else:
        assert code == 1
        assert ("one class only" in err) is bool(y)


def repeated(values):
    """A column that repeats another is a warning, a sum of two is told without one."""
    first, second = [str(k * k % 17) for k in range(N)], [str(k % 5) for k in range(N)]
    both = [str(int(a) + int(b)) for a, b in zip(first, second, strict=True)]
    return {"a": first, "b": first} if values == "twice" else {"a": first, "b": second, "c": both}


COUNTED = {  # columns -> the kinds of serious problems that are told, and how many of each
    "twice": (repeated("twice"), {}),
    "sum": (repeated("sum"), {}),
    "sum, unusable": (
        repeated("sum") | {name: WRONG[name][0] for name in ("id", "far")},
        {"2 unusable columns": 2},
    ),
    "twice, unusable": (
        repeated("twice") | {"far": WRONG["far"][0]},
        {"1 unusable column": 1},
    ),
}


@pytest.mark.parametrize("case", COUNTED)
def test_the_verdict_counts_what_is_told_as_serious(here, capsys, case):
    """Each kind by its number, and what is told as a warning by none."""
    columns, kinds = COUNTED[case]
    write(here / "t.csv", columns)
    code, out, _ = checked(capsys, "check t.csv --target y")
    count = sum(kinds.values())
    told = f"{count} serious problem{'s' * (count > 1)} (exit code 1): {', '.join(kinds)}"
    assert code == (count > 0)
    assert (told if count else "nothing serious (exit code 0)") in out
    assert ("Warning (duplicated_column)" in out) is case.startswith("twice")
    assert checked(capsys, "check t.csv --target y --silence duplicated_column")[0] == code


def test_a_good_table_has_a_command_without_a_mend(here, capsys):
    write(here / "t t.csv", {"town": ["a", "b", "b"] * (N // 3)})
    code, _, command = checked(capsys, "check 't t.csv' --target y")
    assert (code, command) == (0, "glasslogit fit 't t.csv' --target=y")
    runs(capsys, command)
    _, _, command = checked(capsys, "check 't t.csv' --target y --formula 'x * town' --rare 2")
    assert command == "glasslogit fit 't t.csv' --target=y '--formula=x * town' --rare=2"
    runs(capsys, command)


def test_a_leak_is_left_out_by_the_command_and_a_sum_of_columns_is_kept_by_its_penalty(
    here, capsys
):
    x = write(here / "t.csv", {})
    random = np.random.default_rng(1)
    a, b = random.integers(0, 9, (2, N))
    lines = (here / "t.csv").read_text().split()
    leak = [
        4.0 * line.endswith("yes") + float(e) / 50 for line, e in zip(lines[1:], x, strict=True)
    ]
    write(here / "t.csv", {"a": a, "b": b, "total": a + b, "paid": np.round(leak, 4)})
    code, _, command = checked(capsys, "check t.csv --target y")
    assert code == 1
    options = shlex.split(command)
    assert "--drop=paid" in options
    assert not {"--drop=a", "--drop=b", "--drop=total"} & set(options)
    runs(capsys, command)
    again = command.replace("glasslogit fit", "check")
    code, out, _ = checked(capsys, again)
    assert (code, "nothing serious" in out) == (0, True)
    typed = re.search(r"`fit --firth`\) leave one of each out: (--drop '\w+') Result", out)[1]
    runs(capsys, f"{command} --firth {typed}")
    assert cli.run([*shlex.split(command)[1:], "--firth"]) == 1
    assert typed in capsys.readouterr().err


@pytest.mark.parametrize(
    ("terms", "said"),
    [("x + b", "`b` = `x` + 3"), ("x + b - 1", "no column is a sum of others")],
)
def test_columns_are_looked_at_with_the_intercept_of_the_formula_or_without(
    here, capsys, terms, said
):
    x = np.random.default_rng(0).normal(size=N).round(3)  # that of `write`
    write(here / "t.csv", {"b": x + 3})
    _, out, _ = checked(capsys, f"check t.csv --target y --formula '{terms}'")
    assert said in out
    assert ("2, without an intercept" if "- 1" in terms else "2, and an intercept") in out


def test_classes_that_only_an_intercept_separates_are_not_separated_without(here, capsys):
    rows = "".join(f"{k},{'yes' if k > N / 2 else 'no'}\n" for k in range(1, N))
    (here / "t.csv").write_text(f"x,y\n{rows}")
    found = [
        "separated classes" in checked(capsys, f"check t.csv --target y --formula '{terms}'")[1]
        for terms in ("x", "x - 1")
    ]
    assert found == [True, False]


@pytest.mark.parametrize(
    ("options", "coefficients"),
    [("", 1 + 29), ("--rare 5", 1), ("--formula x", 1), ("--formula 'bs(x,5) + town'", 5 + 29)],
)
def test_events_are_counted_for_the_columns_that_the_model_has(here, capsys, options, coefficients):
    write(here / "t.csv", {"town": [f"t{k % 30}" for k in range(N)]})
    _, out, _ = checked(capsys, f"check t.csv --target y {options}")
    rows = (here / "t.csv").read_text().split()[1:]
    rarest = min(sum(line.endswith(label) for line in rows) for label in ("yes", "no"))
    if rarest >= 10 * coefficients:
        assert "few_events" not in out
    else:
        assert f"{rarest / coefficients:.1f} observations of the rarest class for each of" in out
        assert f"each of {coefficients} coefficients" in out


def test_a_constant_column_of_a_formula_is_a_term(here, capsys):
    write(here / "t.csv", {"a": [5] * N, "b": [*range(N)]})
    for command in ("fit", "check"):
        assert cli.run([command, "t.csv", "--target=y", "--formula=a + b"]) == 0
        assert "`a` = 5" in capsys.readouterr().out


def test_a_column_that_fit_refuses_is_named_though_it_is_constant(here, capsys):
    """`fit` and `check` type the columns in one way, those of a formula as well."""
    write(here / "t.csv", {"when": ["31/12/2024"] * N})
    how = shlex.split("t.csv --target y --formula 'x + when'")
    assert cli.run(["fit", *how]) == 1
    refused = " ".join(capsys.readouterr().err.split()).removeprefix("glasslogit: t.csv: ")
    assert cli.run(["check", *how])
    assert f"Serious {refused}" in " ".join(capsys.readouterr().out.split())


def test_a_model_of_the_intercept_alone_is_checked_too(here, capsys):
    write(here / "t.csv", {})
    code, out, command = checked(capsys, "check t.csv --target y --formula 1")
    assert code == 0
    assert "0, and an intercept" in out
    assert runs(capsys, command)


def test_events_among_trials_are_checked_as_they_are_fitted(here, capsys):
    events = [k % 4 for k in range(N)]
    write(here / "t.csv", {"events": events, "n": [5] * N, "w": [1 + k % 3 for k in range(N)]})
    for how in ("--target events --trials n --drop y --drop w", "--target y --weights w"):
        code, out, command = checked(capsys, f"check t.csv {how}")
        assert code == 0
        assert f"{'n' if 'trials' in how else 'w'}: " in out
        assert runs(capsys, command)


@pytest.mark.usefixtures("here")
def test_a_date_that_gives_the_target_away_is_dropped_and_no_more_counted(here, capsys):
    random = np.random.default_rng(1)
    years = np.where(random.random(N) < 0.5, "2023", "2024")
    with (here / "t.csv").open("w", newline="") as file:
        days = [f"{year}-01-{k % 28 + 1:02}" for k, year in enumerate(years)]
        rows = zip(days, random.normal(size=N), years > "2023", strict=True)
        csv.writer(file).writerows([["when", "x", "y"], *rows])
    code, said, command = checked(capsys, "check t.csv --target y")
    assert code == 1
    assert "below: --date" in said
    assert "--drop=when" in command
    assert "--date" not in command
    assert cli.run([*shlex.split(command)[1:], "--model", "m.json"]) == 0


@pytest.mark.parametrize("leaks", [1, 2])
@pytest.mark.parametrize("others", [0, 1])
def test_the_command_leaves_a_column_to_fit(here, capsys, leaks, others):
    """Leaks are left out where another column stays."""
    x = write(here / "t.csv", {})
    y = np.random.default_rng(1).permutation(np.arange(N) % 2)
    columns = {f"leak{k}": (k + 1) * y + 0.25 * np.arange(N) / N for k in range(leaks)}
    columns |= {f"x{k}": x for k in range(others)}
    rows = zip(*columns.values(), np.where(y, "yes", "no"), strict=True)
    lines = [",".join(map(str, row)) for row in [[*columns, "y"], *rows]]
    (here / "t.csv").write_text("\n".join(lines) + "\n")
    _, said, command = checked(capsys, "check t.csv --target y")
    assert "(leak)" in said
    assert [f"--drop=leak{k}" in command for k in range(leaks)] == [bool(others)] * leaks
    runs(capsys, command)


@pytest.mark.parametrize(("one", "other"), [(1, 1), (1, 40), (2, 2), (1, 3), (2, 40), (8, 8)])
def test_the_command_holds_out_what_the_rows_allow(here, capsys, one, other):
    ages = np.random.default_rng(0).permutation(one + other) + 20
    lines = [f"{age},{'no' if k < one else 'yes'}\n" for k, age in enumerate(ages)]
    (here / "t.csv").write_text("age,y\n" + "".join(lines))
    _, _, command = checked(capsys, "check t.csv --target y")
    alone = cli.run(["fit", "t.csv", "--target", "y"])
    capsys.readouterr()
    assert ("--test-size=0" in command) == (alone != 0)
    runs(capsys, command)


@pytest.mark.parametrize("words", [["n.a."], ["-"], ["unknown"], ["-", "Unknown", "not known"]])
@pytest.mark.parametrize("target", ["no", "unknown"])
def test_a_word_among_numbers_is_offered_as_a_missing_value(here, capsys, words, target):
    """The command to copy keeps the column of numbers; of the target the word stays a class."""
    numbers = [f"{k * 7 % 31}.5" for k in range(N)]
    for k in range(2 * len(words)):
        numbers[5 + 9 * k] = words[k % len(words)]
    write(here / "t.csv", {"pay": numbers})
    text = (here / "t.csv").read_text().replace(",no\n", f",{target}\n")
    (here / "t.csv").write_text(text)
    _, said, command = checked(capsys, "check t.csv --target y")
    typed = " ".join(f"--na 'pay={word}'" for word in words)
    means, it = ("it means", "it") if len(words) == 1 else ("they mean", "them")
    assert f"if {means} that there is no value, {typed} says so; otherwise correct {it}" in said
    assert [f"--na=pay={word}" for word in words] == [
        word for word in shlex.split(command) if word[:4] in {"--na", "--dr", "--ca"}
    ]
    out = runs(capsys, command)
    assert "pay" in out.split("odds ratio")[-1]
    assert f"{target} in " in out.partition("Target")[2].partition("\n")[0]


@pytest.mark.parametrize("wrong", [["l0"], ["oops"], ["lost", "lost", "l0"], ["4o", "4o"]])
def test_a_typing_error_among_numbers_is_no_word_for_missing(here, capsys, wrong):
    """A word stands in several rows and has no digit; what else there is has to be corrected.

    A word beside it is offered all the same, since one run tells all, but does not mend the column.
    """
    numbers = [f"{k * 7 % 31}.5" for k in range(N)]
    for k, word in enumerate(wrong):
        numbers[5 + 9 * k] = word
    write(here / "t.csv", {"pay": numbers})
    _, said, command = checked(capsys, "check t.csv --target y")
    assert "is not a number" in said
    offered = [word for word in dict.fromkeys(wrong) if word == "lost"]
    assert re.findall(r"--na '([^']+)'", said) == [f"pay={word}" for word in offered]
    assert "--na" not in command
    runs(capsys, command)


@pytest.mark.parametrize("held", [["inf"], ["-inf", "Infinity"], ["1e400"] * 9])
@pytest.mark.parametrize("written", ["{}.5", "0.{:03}4"])
def test_a_number_that_is_not_finite_is_offered_as_a_missing_value(here, capsys, held, written):
    """It costs its rows and not the column, and where it is missing nothing more is said of it."""
    numbers = [written.format(k * 7 % N) for k in range(N)]
    for k, word in enumerate(held):
        numbers[5 + 9 * k] = word
    write(here / "t.csv", {"pay": numbers})
    _, said, command = checked(capsys, "check t.csv --target y")
    assert f"'{held[0]}' is not a finite number, as {N - len(held)} of {N} values are" in said
    words = [f"pay={word}" for word in dict.fromkeys(held)]
    offered = " ".join(f"--na '{word}'" for word in words)
    assert f"no value, {offered} says so" in said
    typed = [f"--na={word}" for word in words]
    assert [each for each in shlex.split(command) if each[:4] in {"--na", "--dr", "--ca"}] == typed
    assert "pay" in runs(capsys, command).split("odds ratio")[-1]
    for na in (typed, ["--na=default", *(f"--na={word}" for word in {*held})]):
        _, said, _ = checked(capsys, shlex.join(["check", "t.csv", "--target=y", *na]))
        assert "amounts" not in said


def printed(capsys, here, columns, y, options=""):
    """Check a table; what is said, and the printed command."""
    rows = zip(*columns.values(), y, strict=True)
    lines = [",".join(map(str, row)) for row in [[*columns, "y"], *rows]]
    (here / "t.csv").write_text("\n".join(lines) + "\n")
    return checked(capsys, f"check t.csv --target y {options}")[1:]


def few_values(n=240):
    """Rows that contradict each other, with columns that hide it or repeat others."""
    rng = np.random.default_rng(2)
    age = rng.integers(20, 90, n)
    y = np.where(rng.random(n) < 0.5, "yes", "no")
    town = rng.choice(["Ghent", "Ypres"], n)
    shouted = np.where(rng.random(n) < 0.5, np.char.upper(town), town)
    return (
        {"age": age, "town": town},
        y,
        {
            "id": np.arange(1, n + 1),
            "name": [f"person {k}" for k in rng.permutation(n)],
            "paid": np.where(y == "yes", 10.0, 1.0) + rng.integers(0, 3, n),
            "age2": age,
            "town": shouted,
        },
    )


@pytest.mark.parametrize("more", [["id"], ["paid"], ["age2"], ["town"], ["name"], None])
def test_rows_contradict_in_the_columns_of_the_printed_fit(here, capsys, more):
    """The printed fit counts as many as `check`, and as a table without what is left out."""
    columns, y, others = few_values()
    wanted = re.search(r"[\d,]+ rows \([^)]*\) equal", printed(capsys, here, columns, y)[0])[0]
    extra = others if more is None else {name: others[name] for name in more}
    out, command = printed(capsys, here, columns | extra, y)
    assert wanted in out
    assert out.count("contradicting_rows") == 1
    fitted = " ".join(runs(capsys, f"{command} --test-size 0").split())
    assert wanted in fitted


@pytest.mark.parametrize(
    ("name", "why", "option"),
    [
        ("id", "'id' (names the rows)", "--drop=id"),
        ("paid", "'paid' (gives the target away)", "--drop=paid"),
        ("age2", "'age2' (repeats another column)", "--drop=age2"),
        ("town", "'town' (has levels that differ by it)", "--ignore-case=town"),
    ],
)
def test_the_printed_fit_says_why_it_leaves_columns_out(here, capsys, name, why, option):
    columns, y, others = few_values()
    out, command = printed(capsys, here, columns | {name: others[name]}, y)
    assert why in out
    assert option in shlex.split(command)
    again = checked(capsys, command.replace("glasslogit fit", "check"))[2]
    assert "Mended" not in checked(capsys, command.replace("glasslogit fit", "check"))[1]
    assert {*shlex.split(again)} == {*shlex.split(command)}


def test_of_many_relations_of_many_columns_a_few_are_told(here, capsys):
    """A penalty holds them all, so the printed fit leaves nothing out, and nothing is serious."""
    rng = np.random.default_rng(0)
    columns = {f"c{j}": rng.normal(size=30).round(3) for j in range(70)}
    said, command = printed(capsys, here, columns, ["yes", "no"] * 15)
    assert len(said) < 2500
    assert "Columns 70, and an intercept Separation" in said
    assert "any classes would be: the columns are enough to tell 30 rows apart" in said
    assert said.count("Collinear exactly: ") == 1
    assert "… (38 more) the penalty of the fit below holds all of them" in said
    assert "use fewer columns: these rows tell 29 of 70 apart" in said
    assert re.search(r"`c\d+` \+ … \(\d+ more\)", said)
    assert command == "glasslogit fit t.csv --target=y"
    assert "Result nothing serious (exit code 0)" in said
    assert "--firth" not in said.partition("--silence")[0]
    assert cli.run([*shlex.split(command)[1:], "--model", "m.json"]) == 0
    capsys.readouterr()
    said, _ = printed(capsys, here, {name: columns[name] for name in ("c0", "c1")}, ["a", "b"] * 15)
    assert "Columns 2, and an intercept Separation" in said


@pytest.mark.parametrize("count", [20, 26, 28, 34])
def test_what_is_offered_where_events_are_few_helps_when_it_is_typed(here, capsys, count):
    """Of 30 rows a fit trains on 24, whose columns may depend on each other where all do not."""
    rng = np.random.default_rng(0)
    columns = {f"c{j}": rng.normal(size=30).round(3) for j in range(count)}
    said, command = printed(capsys, here, columns, ["yes", "no"] * 15)
    offered = re.findall(r"`fit (--(?:cv \d+|firth))`", said.partition("--silence")[0])
    assert offered == ["--cv 5", *["--firth"] * (count < 24)]
    for each in offered[:1]:
        runs(capsys, f"{command} {each}")


def test_a_number_that_differs_in_every_row_stays(here, capsys):
    """Amounts may all differ; running numbers name the rows."""
    columns, y, _ = few_values()
    amounts = np.random.default_rng(0).permutation(100_000)[: len(y)]
    _, command = printed(capsys, here, columns | {"amount": amounts}, y)
    assert "--drop" not in command


def test_columns_that_name_the_rows_stay_where_no_other_is_left(here, capsys):
    _, y, others = few_values()
    out, command = printed(capsys, here, {"id": others["id"]}, y)
    assert "--drop" not in command
    assert "Mended" not in out
    runs(capsys, command)


def test_gaps_that_leave_one_class_are_told_with_what_keeps_the_others(here, capsys):
    """A reason that is filled in for one class only is no lack of classes."""
    reason = [("", "price", "quality")[k % 3] for k in range(N)]
    (here / "t.csv").write_text(
        "plan,reason,left\n"
        + "".join(f"{'ab'[k % 2]},{r},{'yes' if r else 'no'}\n" for k, r in enumerate(reason))
    )
    for command in ("check", "fit"):
        assert cli.run([command, "t.csv", "--target=left"]) == 1
        said = capsys.readouterr().err
        assert "one class only in the rows without a gap" in said
        assert f"'reason' {N // 3}" in said
        assert cli.run([command, "t.csv", "--target=left", "--drop=reason"]) == 0
        assert cli.run([command, "t.csv", "--target=left", "--missing=indicator"]) in {0, 1}
        assert "one class only" not in capsys.readouterr().err


def test_weights_that_are_missing_or_negative_have_remedies_that_work(here, capsys):
    weights = ["-1" if k % 5 == 0 else "" if k % 7 == 0 else "2" for k in range(N)]
    write(here / "t.csv", {"w": weights})
    line = ["check", "t.csv", "--target=y", "--weights=w"]
    assert cli.run(line) == 1
    said = capsys.readouterr().err
    assert "--na 'w=-1' says so" in said or "--na w=-1 says so" in said
    assert cli.run([*line, "--na=w=-1"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "(dropped_rows): column 'w' is missing" in out
    assert "fill it in where it is known" in out
    assert "--drop 'w'" not in out
