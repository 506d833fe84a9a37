"""Explanations add up, flip what they say they flip, and say where the rows end."""

import json

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.optimize import approx_fprime
from scipy.stats import norm

from glasslogit import LogisticRegression, cli, explain
from glasslogit.errors import InputError, NotFittedError
from glasslogit.export import load_model, save_model
from glasslogit.export.json_text import seal
from glasslogit.tables import CategoryColumn, Encoding, NumberColumn, Table, read_table
from test_cli import call, here, refusal, trained  # noqa: F401  fixtures

rng = np.random.default_rng(0)
X = rng.normal(size=(300, 4)) * [1, 10, 0.1, 1] + [0, 1000, 0, 5]
Z = (X - X.mean(axis=0)) / X.std(axis=0)
TWO = (Z @ [1, -1, 0.5, 0] + rng.logistic(size=300) > 0).astype(int)
THREE = (Z @ rng.normal(size=(4, 3)) + rng.gumbel(size=(300, 3))).argmax(axis=1)


@pytest.mark.parametrize("y", [TWO, THREE], ids=["two", "three"])
@pytest.mark.parametrize("row", [0, 17, 123])
def test_contributions_add_up_exactly(y, row):
    model = LogisticRegression().fit(X, y)
    why = explain(model, X[row], X)
    parts = [part.contribution for part in why.contributions]
    assert why.margin == pytest.approx(why.baseline_margin + sum(parts), rel=1e-13)
    p = model.predict_proba(X[[row]])[0]
    k, m = (list(model.classes_).index(each) for each in (why.label, why.against))
    assert why.margin == pytest.approx(np.log(p[k] / p[m]), rel=1e-9)
    assert why.probability == pytest.approx(p[k], rel=1e-12)
    mean = model.predict_proba(X.mean(axis=0)[None])[0]
    assert why.baseline_margin == pytest.approx(np.log(mean[k] / mean[m]), rel=1e-9)
    assert [abs(c) for c in parts] == sorted(map(abs, parts), reverse=True)


@pytest.mark.parametrize("threshold", [0.2, 0.5, 0.9])
@pytest.mark.parametrize("label", [0, 1])
def test_the_change_flips_and_a_smaller_one_does_not(threshold, label):
    model = LogisticRegression().fit(X, TWO)
    for row in X[:20]:
        why = explain(model, row, X, label=label, threshold=threshold)
        if why.change is None:
            continue
        j = int(why.change.name[1])
        before = model.predict_proba(row[None])[0, label] >= threshold
        for share, flips in ((1.001, True), (0.999, False)):
            moved = row.copy()
            moved[j] += share * (why.change.to - row[j])
            after = model.predict_proba(moved[None])[0, label] >= threshold
            assert (after != before) == flips
        assert why.change.inside
        assert X[:, j].min() <= why.change.to <= X[:, j].max()


def test_the_change_of_three_classes_makes_the_two_tie():
    model = LogisticRegression().fit(X, THREE)
    why = explain(model, X[5], X)
    moved = X[[5]].copy()
    moved[0, int(why.change.name[1])] = why.change.to
    p = model.predict_proba(moved)[0]
    assert p[why.label] == pytest.approx(p[why.against], rel=1e-9)


def test_the_interval_is_that_of_the_delta_method():
    sm = pytest.importorskip("statsmodels.api")
    model = LogisticRegression(C=np.inf, tol=1e-10).fit(X, TWO)
    columns = np.column_stack([X, np.ones(300)])
    peer = sm.GLM(TWO, columns, family=sm.families.Binomial()).fit(tol=1e-14)
    frame = peer.get_prediction(columns[[3]]).summary_frame()
    wanted = frame[["mean_ci_lower", "mean_ci_upper"]].to_numpy()[0]
    for given in ({"y": TWO}, {"covariance": peer.cov_params()}):
        found = explain(model, X[3], X, **given).interval
        np.testing.assert_allclose(found, wanted, rtol=1e-6)
    low, high = explain(model, X[3], X, TWO, label=0).interval
    np.testing.assert_allclose([1 - high, 1 - low], wanted, rtol=1e-6)


def test_the_interval_of_three_classes_is_that_of_the_delta_method():
    """By the delta method with the covariance of statsmodels, slopes by differences."""
    sm = pytest.importorskip("statsmodels.api")
    model = LogisticRegression(C=np.inf, tol=1e-10).fit(X, THREE)
    columns = np.column_stack([Z, np.ones(300)])  # raw columns are too unlike for its optimiser
    peer = sm.MNLogit(THREE, columns).fit(disp=0, method="newton", maxiter=50)
    params, covariance = peer.params, np.asarray(peer.cov_params())
    for label in range(3):

        def logit(flat, label=label):
            p = peer.model.predict(flat.reshape(params.shape, order="F"), columns[[7]])[0, label]
            return np.log(p / (1 - p))

        at = params.ravel(order="F")
        slope = approx_fprime(at, logit, 1e-6)
        reach = norm.ppf(0.975) * np.sqrt(slope @ covariance @ slope)
        wanted = 1 / (1 + np.exp(-(logit(at) + np.array([-reach, reach]))))
        found = explain(model, X[7], X, THREE, label=label).interval
        np.testing.assert_allclose(found, wanted, rtol=1e-4)


def test_outside_the_training_range():
    model = LogisticRegression().fit(X, TWO)
    row = X[0].copy()
    assert explain(model, row, X).outside == ()
    row[[1, 3]] = X[:, 1].max() + 1, X[:, 3].min() - 1
    assert explain(model, row, X).outside == ("x1", "x3")
    assert "Outside the training range: x1, x3" in str(explain(model, row, X))
    assert explain(model, row, baseline=X[0]).outside is None


def test_a_stated_baseline_and_every_kind_of_rows():
    model = LogisticRegression().fit(X, TWO)
    assert explain(model, X[4], baseline=X[4]).margin == pytest.approx(
        explain(model, X[4], baseline=X[4]).baseline_margin
    )
    one, other = explain(model, X[4], X), explain(model, X[4], sp.csr_array(X))
    assert one.margin == pytest.approx(other.margin)
    assert one.change == other.change
    linear_model = pytest.importorskip("sklearn.linear_model")
    peer = linear_model.LogisticRegression(solver="newton-cholesky").fit(X, TWO)
    assert explain(peer, X[4], X).margin == pytest.approx(one.margin, rel=1e-4)


def test_levels_of_a_text_are_one_column():
    columns = (NumberColumn("age"), CategoryColumn("town", "Ghent", ("Bruges", "Ypres")))
    towns = ["Ghent", "Bruges", "Ypres", "Bruges", "Ghent"]
    table = Table.of({"age": ["20", "40", "60", "30", "50"], "town": towns})
    encoding = Encoding(columns)
    rows = encoding.encode(table).X
    model = LogisticRegression().fit(rows, [0, 1, 1, 0, 1])
    model.coef_, model.intercept_ = np.array([[0.0, 1.0, 3.0]]), np.array([-2.0])
    model.feature_names_in_ = np.array(encoding.feature_names, dtype=object)

    def ask(row):
        return explain(model, row, rows, columns=columns)

    why = ask(rows[1])
    assert [part.name for part in why.contributions] == ["town", "age"]
    assert why.contributions[0].value == "Bruges"
    assert why.contributions[0].contribution == pytest.approx(1 - (0.4 + 3 * 0.2))
    assert (why.change.name, why.change.value, why.change.to) == ("town", "Bruges", "Ypres")
    assert ask(rows[2]).change.to == "Bruges"  # the level nearest by that flips
    assert ask(rows[0]).contributions[0].value == "Ghent"


@pytest.mark.usefixtures("here")
def test_what_a_model_that_python_saved_needs_is_said_and_works(capsys):
    """Its file knows nothing of the training rows: the error says what tells of them, by name."""
    pd = pytest.importorskip("pandas")
    table = pd.DataFrame(X, columns=["age", "pay", "x", "y"]).assign(town=["a", "b", "c"] * 100)
    table.assign(left=TWO).to_csv("t.csv", index=False)
    model = LogisticRegression().fit(table, TWO)
    save_model(model, "m.json")
    with pytest.raises(
        InputError, match="a table of the training rows with the columns age, pay, x, y, town"
    ):
        explain(load_model("m.json"), table[3:4])
    assert cli.run(["explain", "m.json", "t.csv", "--row", "5"]) == 1
    err = capsys.readouterr().err
    assert "give X, a table of the training rows with the columns age, pay, x, y, town" in err
    given = {"explain": explain, "load_model": load_model, "row": table[3:4], "X": table}
    printed = err.partition("in Python call ")[2].partition(": give")[0]
    assert eval(printed, given).contributions  # noqa: S307  our own words
    array = LogisticRegression().fit(X, TWO)
    with pytest.raises(InputError, match=r"training rows, \(n, 4\), or baseline, 4 numbers: x0"):
        explain(array, X[3])
    named = LogisticRegression().fit(table.drop(columns="town"), TWO)
    with pytest.raises(InputError, match=r"baseline, 4 numbers: age, pay, x, y$"):
        explain(named, table[3:4].drop(columns="town"))


def test_what_cannot_be_explained_is_refused():
    model = LogisticRegression().fit(X, TWO)
    with pytest.raises(InputError, match="keeps no data"):
        explain(model, X[0])
    with pytest.raises(InputError, match="columns"):
        explain(model, X[0, :3], X)
    with pytest.raises(InputError, match="give one"):
        explain(model, X[:2], X)
    for wrong in (X[0, :3], np.zeros(5), X[:2], X[:, :1]):
        told = f"baseline has {wrong.size} numbers but the model has 4 columns"
        with pytest.raises(InputError, match=told):
            explain(model, X[0], baseline=wrong)
    with pytest.raises(InputError, match="no class"):
        explain(model, X[0], X, label=7)
    with pytest.raises(InputError, match="against itself"):
        explain(model, X[0], X, label=1, against=1)
    with pytest.raises(InputError, match="covariance"):
        explain(model, X[0], X, covariance=np.eye(3))
    with pytest.raises(NotFittedError):
        explain(LogisticRegression(), X[0], X)
    with pytest.raises(InputError, match="one by one"):
        explain(LogisticRegression(multi_class="ovr").fit(X, THREE), X[0], X)


# --- the command -------------------------------------------------------------------------


@pytest.mark.usefixtures("trained")
def test_the_command_prints_what_the_function_says(capsys):
    assert cli.run(["predict", "m.json", "t.csv"]) == 0
    line = next(x for x in capsys.readouterr().out.splitlines() if x.startswith("17,"))
    code, out, err = call(capsys, "explain m.json t.csv --row 17")
    assert (code, err) == (0, "")
    assert f"Probability of yes: {float(line.split(',')[1]):.4g}" in out
    words = [line.split() for line in out.splitlines() if line.strip()]
    cells = [each[-1] for each in words if each[0] in {"baseline", "age", "town", "sum"}]
    start, *parts, total = map(float, cells)
    assert total == pytest.approx(start + sum(parts), abs=2e-4)
    for part in ("row 17", "17 of t.csv", "Log-odds of yes against no", "Flips if"):
        assert part.removeprefix("row ") in out
    code, other, _ = call(capsys, "explain m.json t.csv --row 17 --class no")
    assert code == 0
    assert "Log-odds of no against yes" in other


@pytest.mark.parametrize(
    ("options", "code", "part"),
    [
        ("--row 1", 1, "its rows are 2 to 241"),
        ("--row 242", 1, "has no row 242"),
        ("--row x", 2, "row"),
        ("", 2, "--row"),
        ("--row 5 --class maybe", 1, "'maybe' is no class"),
        ("--row 5 --class no --against no", 1, "against itself"),
    ],
)
@pytest.mark.usefixtures("trained")
def test_the_command_refuses_in_one_line(capsys, options, code, part):
    assert part in refusal(capsys, f"explain m.json t.csv {options}", code)


def test_gaps_and_unseen_levels(trained, capsys):  # noqa: F811
    (trained / "new.csv").write_text("age,town\n30,Ghent\n,Ghent\n30,Lille\n")
    assert "row 3 has no probability to explain: age is missing" in refusal(
        capsys, "explain m.json new.csv --row 3 --unseen reference"
    )
    message = refusal(capsys, "explain m.json new.csv --row 4")
    assert "column 'town': 'Lille' was not seen in training; known are" in message
    assert "--unseen reference" in message
    code, out, _ = call(capsys, "explain m.json new.csv --row 4 --unseen reference")
    assert code == 0
    assert "'Lille', unseen in training, counted as" in " ".join(out.split())


def test_a_file_without_the_means_is_refused(trained, capsys):  # noqa: F811
    path = trained / "m.json"
    stored = json.loads(path.read_text())
    for columns, part in ((None, "does not hold the means"), ({"mean": [1]}, "'columns'")):
        stored["training"]["columns"] = columns
        path.write_text(json.dumps(seal(stored)))
        assert part in refusal(capsys, "explain m.json t.csv --row 5")


def test_a_model_of_a_table_explains_rows_of_a_table():
    pd = pytest.importorskip("pandas")
    pytest.importorskip("narwhals")
    rng = np.random.default_rng(5)
    table = pd.DataFrame({"age": rng.normal(40, 9, 200), "town": rng.choice(list("abc"), 200)})
    y = (table.age / 20 + (table.town == "b") + rng.logistic(size=200) > 2).astype(int)
    model = LogisticRegression().fit(table, y)
    why = explain(model, table.iloc[[17]], table, y)
    assert {part.name for part in why.contributions} == {"age", "town"}
    margin = model.decision_function(table)
    total = sum(part.contribution for part in why.contributions)
    np.testing.assert_allclose(total, margin[17] - margin.mean(), rtol=1e-9)
    assert next(part.value for part in why.contributions if part.name == "town") == table.town[17]
    assert why.interval[0] < model.predict_proba(table)[17, 1] < why.interval[1]


@pytest.mark.parametrize("y", [TWO, THREE], ids=["two", "three"])
def test_offsets_are_those_of_the_fit_and_of_the_row(y):
    c = 1 if y is TWO else 3
    offset = np.random.default_rng(5).normal(size=(300, c))
    model = LogisticRegression(C=np.inf).fit(X, y, offset=offset)
    why = explain(model, X[3], X, y, offset=offset, row_offset=offset[3])
    p = model.predict_proba(X[[3]], offset=offset[[3]])[0]
    assert why.probability == pytest.approx(p[list(model.classes_).index(why.label)], rel=1e-12)
    low, high = why.interval
    assert low < why.probability < high
    parts = sum(part.contribution for part in why.contributions)
    assert why.margin == pytest.approx(why.baseline_margin + parts, rel=1e-12)
    with pytest.raises(InputError, match="offset it was fitted on"):
        explain(model, X[3], X, y, offset=0, row_offset=0)


def test_an_l1_penalty_has_contributions_and_no_interval():
    model = LogisticRegression(C=0.1, l1_ratio=0.5).fit(X, TWO)
    why = explain(model, X[3], X, TWO)
    assert why.interval is None
    assert "(no interval: an L1 penalty selects the coefficients)" in str(why)
    assert why.contributions == explain(model, X[3], X).contributions
    assert explain(model, X[3], X).withheld is None


@pytest.mark.parametrize("formula", [None, "age * town + when"])
def test_a_loaded_model_is_explained_in_python_as_on_the_command_line(
    tmp_path, monkeypatch, capsys, formula
):
    """What the file knows of the training rows is used on both roads."""
    pytest.importorskip("typer")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    random = np.random.default_rng(0)
    days = np.datetime64("2024-01-01") + random.integers(0, 300, 80)
    ages = random.integers(18, 80, 80)
    pairs = zip(ages, days, strict=True)
    lines = [f"{age},{'GB'[age % 2]},{day},{'ny'[int(age > 40)]}" for age, day in pairs]
    text = "\n".join(["age,town,when,y", *lines, ""])
    (tmp_path / "t.csv").write_text(text)
    (tmp_path / "new.csv").write_text(f"{text}150,G,2024-01-05,y\n")
    options = ["--date=when", *([f"--formula={formula}"] if formula else [])]
    fit = ["fit", "t.csv", "--target=y", "--model=m.json", "--threshold=0.3", *options]
    assert cli.run(fit) == 0
    model, table = load_model("m.json"), read_table("new.csv")
    for place in (3, 80):
        capsys.readouterr()
        assert cli.run(["explain", "m.json", "new.csv", f"--row={place + 2}"]) == 0
        printed = " ".join(capsys.readouterr().out.split())
        why = explain(model, table.take(np.array([place])))
        assert all(fact in printed for fact in why.facts()[1:])
        for part in why.contributions:
            assert f"{part.contribution:+.4f}" in printed
        assert why.outside == (("age",) if place == 80 else ())
    again = tmp_path / "again.json"
    save_model(model, again)
    assert explain(load_model(again), table.take(np.array([3]))).margin == pytest.approx(
        explain(model, table.take(np.array([3]))).margin, abs=0
    )
    model.set_params(encoder=None, formula=None).fit(X, TWO)
    with pytest.raises(InputError, match=r"give X, the training rows, .*or baseline"):
        explain(model, X[0])


def test_what_is_no_row_is_called_row_and_the_remedy_can_be_typed():
    """Whatever is wrong with `row` or `baseline` is said of it, and never of X."""
    pd = pytest.importorskip("pandas")
    n = 40
    numbers = pd.DataFrame({"age": np.arange(n) * 1.0, "size": np.arange(n) % 5 * 1.0})
    labelled = numbers.assign(town=["Ur", "Ys"] * (n // 2)).set_index(np.arange(n) + 100)
    y = np.arange(n) % 7 % 2
    for X in (numbers, labelled, labelled.reset_index(drop=True)):
        model = LogisticRegression().fit(X, y)
        rows = [X.iloc[3], X.iloc[3].to_dict(), X.iloc[3].tolist(), X.iloc[3].to_numpy()]
        for row in rows if X is not numbers else rows[1:2]:
            with pytest.raises(
                InputError, match=rf"^row is of type {type(row).__name__}; "
            ) as told:
                explain(model, row, X)
            remedy = str(told.value).partition("; give ")[2]
            meant = eval(remedy, {"pd": pd, "X": X, "row": row})  # noqa: S307  our own words
            given, right = (explain(model, each, X) for each in (meant, X.iloc[[3]]))
            assert given.margin == pytest.approx(right.margin)
        one = X.iloc[[3]]
        for wrong in (None, "age", one[["age"]], one.assign(age=np.nan), one.assign(age=np.inf)):
            with pytest.raises(InputError, match=r"^row\b"):
                explain(model, wrong, X)
        with pytest.raises(InputError, match=r"^baseline\b"):
            explain(model, one, baseline={"age": 1.0})
    with pytest.raises(InputError, match=r"^row, column 'town': 'Uz' was not seen"):
        explain(model, one.assign(town="Uz"), X)
    with pytest.raises(InputError, match=r"such as X\.iloc\[\[0\]\]$"):
        explain(model, X.iloc[3], baseline=np.zeros(3))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (",,a", "age and town are missing; fill them in"),
        (",Ur,a", "age is missing; fill it in"),
        (",,", "age, town and kind are missing; fill them in"),
        (",Uz,", "age and kind are missing; fill them in; column 'town': 'Uz' was not seen"),
    ],
)
def test_gaps_of_a_row_are_told_in_one_sentence(tmp_path, monkeypatch, capsys, row, said):
    monkeypatch.chdir(tmp_path)
    lines = [
        f"{k},{'Ur' if k % 2 else 'Ys'},{'a' if k % 3 else 'b'},{k % 7 % 2}" for k in range(60)
    ]
    (tmp_path / "t.csv").write_text("\n".join(["age,town,kind,ill", *lines]))
    assert call(capsys, "fit t.csv --target ill --model m.json")[0] == 0
    (tmp_path / "new.csv").write_text(f"age,town,kind\n31,Ur,a\n{row}\n")
    assert f"row 3 has no probability to explain: {said}" in refusal(
        capsys, "explain m.json new.csv --row 3"
    )
