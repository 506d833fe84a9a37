"""Text that somebody else wrote is shown by one function, on every road out of the library."""

import csv
import io
import re
import unicodedata
import warnings
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from glasslogit import (
    LogisticRegression,
    bootstrap,
    cli,
    compare,
    diagnose,
    explain,
    find_dependence,
    find_separation,
    firth,
    inspect_data,
    likelihood_ratio_test,
    marginal_effects,
    regularisation_path,
    summarize,
    verify,
    wald_test,
)
from glasslogit.errors import GlasslogitWarning, InputError, visible, visible_lines

pd = pytest.importorskip("pandas")

# What no output may hold as it is: controls, DEL, C1, halves of characters, ends of lines and
# paragraphs, marks that turn the direction of writing, and what is not seen at all.
HOSTILE = "\x00\x07\x08\t\n\r\x1b\x7f\x85\x9b\u061c\u200b\u200e\u200f\u2028\u2029\u202a\u202e"
HOSTILE += "\u2066\u2069\u2060\ufeff\U000e0041"
TRICKY = "<&>\"'\\%$#_{}~^[*=+-@`· "
names = st.text(st.sampled_from(HOSTILE + TRICKY + "abé東"), min_size=1, max_size=8)
# NumPy takes a text for the same without the NULs at its end, and blanks are no name.
names = names.map(lambda text: f"n{text}n")
quick = settings(deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])


def hidden(text):
    """The characters of a text that hide, but for the ends of its lines."""
    kinds = {"Cc", "Cs", "Zl", "Zp", "Cf"}
    joiners = "\n\u200c\u200d"
    return [c for c in text if unicodedata.category(c) in kinds and c not in joiners]


@given(st.text())
def test_what_is_shown_hides_nothing(text):
    shown = visible(text)
    assert not hidden(shown)
    assert "\n" not in shown
    assert visible(shown) == shown
    assert shown == text or hidden(text) or "\n" in text
    assert shown.encode("unicode_escape").replace(b"\\\\", b"\\") or not text


@given(st.text())
def test_lines_that_are_meant_stay(text):
    assert visible_lines(text).split("\n") == [visible(line) for line in text.split("\n")]


def test_every_character_that_python_will_not_print_is_known():
    """Letters, marks, numbers, signs and blanks of all scripts are shown as they are."""
    for code in range(0x30000):
        character = chr(code)
        hides = unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp", "Cf"}
        assert (visible(character) != character) == (hides and character not in "\u200c\u200d")


class Words(HTMLParser):
    """Collects the tags and the words of HTML."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.words = set(), []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        assert not [name for name, _ in attrs if name != "colspan"]
        self.tags.add(tag)

    def handle_data(self, data):
        self.words.append(data)


TAGS = {"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"}
COMMANDS = {"begin", "end", "hline", "textbackslash", "textasciitilde", "textasciicircum"}


def check(shown, *, lines=True):
    """Check a text, and the HTML and LaTeX of a table."""
    assert not hidden(str(shown)), str(shown)
    assert lines or "\n" not in str(shown)
    if hasattr(shown, "to_html"):
        page = shown.to_html()
        assert not hidden(page)
        assert Words(page).tags <= TAGS
        latex = shown.to_latex()
        assert not hidden(latex)
        body = [line for line in latex.split("\n") if not line.startswith("% ")]
        bare = "\n".join(body).replace(r"\\", "")
        assert set(re.findall(r"\\([a-zA-Z]+)", bare)) <= COMMANDS
        assert not re.search(r"(?<!\\)[%#]", bare)
        assert not any(line.startswith(("[", "*")) for line in body)


def make(name, level, label):
    """A table with a column, a level and a label of these names."""
    rng = np.random.default_rng(0)
    n = 60
    table = pd.DataFrame({name: rng.normal(size=n), name + "2": rng.normal(size=n)})
    table[name + "g"] = np.where(rng.random(n) < 0.5, level + "u", level + "v")
    y = np.where(rng.random(n) < 0.5, label, label + "!").astype(object)
    return table, y


@given(names, names, names)
@settings(quick, max_examples=10)
def test_no_name_reaches_a_result_as_it_is(name, level, label):
    table, y = make(name, level, label)
    codes = (y == y[0]).astype(int)
    model = LogisticRegression(C=np.inf, findings="full").fit(table, y)
    several = LogisticRegression(C=np.inf).fit(table, np.resize([label, label + "!", "z"], 60))
    X = model.encoder_.transform(table)
    rows = pd.DataFrame(X, columns=model.feature_names_)
    bare = LogisticRegression(C=np.inf).fit(rows, y)
    summary = summarize(model, table, y)
    less = summarize(LogisticRegression(C=np.inf).fit(rows.iloc[:, :2], y), rows.iloc[:, :2], y)
    for shown in (
        summary,
        summarize(several, table, np.resize([label, label + "!", "z"], 60)),
        compare(model, table, y),
        verify(model, table, y),
        diagnose(model, table, y),
        explain(model, table.iloc[:1], table, y),
        marginal_effects(model, table, y),
        bootstrap(bare, rows, y, resamples=20),
        firth(rows, y),
        regularisation_path(rows, y, Cs=[0.1, 1.0, 10.0]),
        find_separation(rows.assign(s=codes), y),
        *find_dependence(rows.assign(**{name + "3": rows.iloc[:, 0] * 2})),
        wald_test(summary, summary.terms[1]),
        likelihood_ratio_test(less, summarize(bare, rows, y)),
        *model.findings_,
        *inspect_data(table.assign(**{name + "0": 1.0, name + "i": range(60)}), y),
    ):
        check(shown)


def messages(name, level, label):
    """The errors and warnings of calls that go wrong, with names in them."""
    table, y = make(name, level, label)
    model = LogisticRegression().fit(table, y)
    numbers = table.iloc[:, :2]
    calls = [
        lambda: LogisticRegression().fit(numbers, y).predict(numbers.iloc[:, ::-1]),
        lambda: model.predict(table.drop(columns=name)),
        lambda: model.predict(table.assign(**{name + "g": level + "w"})),
        lambda: model.predict(table.assign(**{name: "text" + level})),
        lambda: LogisticRegression(penalty_factors={level: 2.0}).fit(table, y),
        lambda: LogisticRegression(class_weight={level: 2.0}).fit(numbers, y),
        lambda: LogisticRegression(formula=f"`{name}` ~ `{level}`").fit(table),
        lambda: LogisticRegression().fit(table, label),
        lambda: LogisticRegression(silence=[name]).fit(table, y),
        lambda: LogisticRegression().fit(table.assign(**{name: np.inf}), y),
    ]
    for call in calls:
        try:
            call()
        except InputError as error:
            yield str(error)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        away = pd.DataFrame({name: (y == label) * 1.0, name + "2": (y == label) * 2.0})
        LogisticRegression(C=np.inf).fit(away, y)
        LogisticRegression(C=np.inf, multi_class="ovr").fit(away, np.where(y == label, y, "z"))
    yield from (str(each.message) for each in told if issubclass(each.category, GlasslogitWarning))


@given(names, names, names)
@settings(quick, max_examples=10)
def test_no_name_reaches_an_error_or_a_warning_as_it_is(name, level, label):
    found = list(messages(name, level, label))
    assert len(found) >= 8
    for text in found:
        check(text)


@given(names, names, names)
@settings(quick, max_examples=5)
def test_no_name_reaches_the_terminal_as_it_is(tmp_path_factory, capsys, name, level, label):
    """In what the commands print, and in their faults; a file of predictions holds data."""
    folder = tmp_path_factory.mktemp("names")
    name, level, label = (each.replace("\x00", "") for each in (name, level, label))
    table, y = make(name, level, label)
    rows = io.StringIO(newline="")
    head = [*table.columns, "y" + name]
    out = csv.writer(rows, lineterminator="\n", quoting=csv.QUOTE_ALL)
    out.writerows([head, *zip(*(table[each].astype(str) for each in table), y, strict=True)])
    path, model = folder / "t.csv", folder / "m.json"
    path.write_bytes(rows.getvalue().encode())
    other = folder / "o.csv"
    other.write_bytes(rows.getvalue().replace(level + "u", level + "w").encode())
    target = f"--target={head[-1]}"
    capsys.readouterr()
    for arguments in (
        ["check", str(path), target],
        ["fit", str(path), target, f"--model={model}"],
        ["predict", str(model), str(path), "-o", str(folder / "p.csv"), "--keep"],
        ["predict", str(model), str(other), "-o", str(folder / "p.csv")],
        ["evaluate", str(model), str(path)],
        ["explain", str(model), str(path), "--row=3"],
        ["fit", str(path), f"--target={level}"],
        ["fit", str(path), target, f"--positive={level}"],
        ["explain", str(model), str(path), "--row=3", f"--class={level}"],
    ):
        cli.run(arguments)
        printed = capsys.readouterr()
        assert not hidden(printed.out), arguments
        assert not hidden(printed.err), arguments
        assert "Traceback" not in printed.err


@given(names)
def test_no_name_reaches_a_picture_as_it_is(name):
    pytest.importorskip("matplotlib")
    from glasslogit.show.canvas import plain

    assert not hidden(plain(name))
    assert "\n" not in plain(name)
