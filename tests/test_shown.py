"""What a result shows by itself, in the interpreter and in a notebook, is a table or sentences."""

import copy
import dataclasses
import pickle
import re
import warnings

import numpy as np
import pytest

import glasslogit
from glasslogit import LogisticRegression
from glasslogit.pages import Page, Printable, Said, Several
from glasslogit.solvers import GradientDescent

pytest.importorskip("scipy")

RNG = np.random.default_rng(0)
X = RNG.normal(size=(80, 2))
Y = (X[:, 0] + RNG.normal(size=80) > 0).astype(int)
SAME, ONES = np.column_stack([X, X[:, 0]]), np.column_stack([X, np.ones(80)])


def fit(rows=X, y=Y, **settings):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return LogisticRegression(**{"C": np.inf, **settings}).fit(rows, y)


MODEL = fit()
ROWS = MODEL, X, Y
RESULTS = {
    "findings_": fit(ONES).findings_,
    "no findings": MODEL.findings_,
    "inspect_data": glasslogit.inspect_data(ONES, Y),
    "trace_": MODEL.trace_,
    "traces": fit(y=Y + (X[:, 1] > 0), multi_class="ovr").trace_,
    "certificate_": MODEL.certificate_,
    "separation_": fit([[0.0], [0.0], [1.0], [1.0]], [0, 0, 1, 1]).separation_,
    "dependences_": fit(SAME).dependences_,
    "find_dependence": glasslogit.find_dependence(SAME),
    "find_separation": glasslogit.find_separation(X, Y),
    "table of separation": glasslogit.find_separation([[0], [0], [1], [1]], [0, 1, 1, 1]).table,
    "term_tests": glasslogit.term_tests(*ROWS),
    "hypothesis_test": glasslogit.hypothesis_test(*ROWS, hypothesis="x0"),
    "summarize": glasslogit.summarize(*ROWS),
    "verify": glasslogit.verify(*ROWS),
    "diagnose": glasslogit.diagnose(*ROWS),
    "compare": glasslogit.compare(*ROWS),
    "explain": glasslogit.explain(MODEL, X[0], X),
    "marginal_effects": glasslogit.marginal_effects(*ROWS),
    "bootstrap": glasslogit.bootstrap(*ROWS, resamples=20),
    "firth": glasslogit.firth(X, Y),
    "probability_intervals": glasslogit.probability_intervals(glasslogit.summarize(*ROWS), X[:3]),
    "regularisation_path": glasslogit.regularisation_path(X, Y, Cs=[0.1, 1.0]),
}


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_shows_itself_as_a_table_or_sentences(name):
    found = RESULTS[name]
    assert repr(found) == str(found)
    html = found._repr_html_()
    assert html.startswith(("<table>", "<pre>")) or (not found and html == "()")
    for text in (repr(found), html):
        for kind in ("Finding", "HypothesisTest", "Dependence", "Separation", "Trace", "Summary"):
            assert f"{kind}(" not in text
        assert "array(" not in text


@pytest.mark.parametrize("name", RESULTS)
def test_how_a_result_is_shown_changes_nothing_of_what_it_is(name):
    found = RESULTS[name]
    for again in (pickle.loads(pickle.dumps(found)), copy.deepcopy(found)):  # noqa: S301  ours
        assert type(again) is type(found)
        assert repr(again) == repr(found)
    if isinstance(found, tuple):
        assert found == tuple(found)
        assert tuple(found) == found
        assert hash(found) == hash(tuple(found)) if name == "findings_" else True


def test_every_public_result_shows_itself():
    """No dataclass that users are handed has the dump of its fields for a text."""
    shown = [
        kind
        for name in glasslogit.__all__
        if isinstance(kind := getattr(glasslogit, name), type) and dataclasses.is_dataclass(kind)
    ]
    assert len(shown) >= 8
    for kind in shown:
        assert issubclass(kind, Said | Printable)
        assert not kind.__dataclass_params__.repr


def test_several_results_are_shown_one_after_the_other():
    one, other = glasslogit.term_tests(*ROWS)
    assert repr(Several([one, other])) == f"{one}\n{other}"
    assert Several([one, other])._repr_html_() == one._repr_html_() + other._repr_html_()
    traces = RESULTS["traces"]
    assert traces._repr_html_().count("<table>") == 3
    assert Several(["a < b"])._repr_html_() == "<pre>a &lt; b</pre>"


def test_a_long_trace_is_shown_by_its_ends_and_kept_whole():
    pytest.importorskip("pandas")
    trace = fit(solver=GradientDescent(epochs=50)).trace_
    lines = str(trace).splitlines()
    assert [line.split()[0] for line in lines[2:]] == [
        *map(str, range(10)),
        "…",
        *map(str, range(41, 51)),
    ]
    frame = trace.to_frame()
    assert np.array_equal(frame["value"], trace.value)
    assert "validation" not in frame
    assert trace.to_html().count("<tr>") == 22
    short = Page("", [(1,), (2,), (3,)], {"x": [1, 2, 3]}, most=3)
    assert "…" not in short.text()


def test_a_notebook_has_the_interval_of_the_odds_ratio_and_a_line_has_room() -> None:
    summary = glasslogit.summarize(*ROWS)
    assert max(map(len, str(summary).splitlines())) <= 80
    assert "odds_ratio_high" in summary.to_html()


def outlined(**more):
    paths = [("b", "age"), ("b", "town", "Ghent"), ("b", "town", "Ypres"), ("c", "age")]
    index = [(path[0], path[-1]) for path in paths]
    return Page("A table", index, {"coef": np.arange(4.0)}, outline=paths, **more)


def test_rows_stand_under_headings_which_are_written_once():
    names = [line.split("  0")[0] for line in outlined().text().split("\n")[2:]]
    assert [name[: len(name) - len(name.lstrip())] + name.split()[0] for name in names] == [
        "b",
        "  age",
        "  town",
        "    Ghent",
        "    Ypres",
        "c",
        "  age",
    ]
    rows = outlined().html().partition("<tbody>")[2].partition("</tbody>")[0].split("</tr>")[:-1]
    assert [row.count("\u2003") for row in rows] == [0, 1, 1, 2, 2, 0, 1]
    assert len({row.count("<t") for row in rows}) == 1  # as many cells in each


@pytest.mark.parametrize("level", ["  x", " ", "    x", "\u2003x"])
def test_blanks_at_the_start_of_a_name_are_no_indent(level: str) -> None:
    paths = [("town", "Ghent"), ("town", level), ("  town", level)]
    page = Page("A table", [path[1:] for path in paths], {"coef": np.arange(3.0)}, outline=paths)
    heads = re.findall("<tr><th>(.*?)</th>", page.html().partition("<tbody>")[2])
    assert heads == ["town", "\u2003Ghent", f"\u2003{level}", "  town", f"\u2003{level}"]
    assert f"\n  {level}" in page.text()


@pytest.mark.parametrize(
    ("folded", "said"), [({1}, "… 1 smaller one"), ({1, 2}, "… 2 smaller ones (here)")]
)
def test_folded_rows_are_counted_under_their_heading_and_are_in_the_frame(folded, said):
    page = outlined(folded=frozenset(folded), rest=said.partition("ones")[2])
    assert "Ghent" not in page.text() + page.html()
    assert page.text().split("\n")[4 + ("Ypres" in page.text()) :][1] == f"    {said}"
    assert f"<th>\u2003\u2003{said}</th>" in page.html()
    assert page.frame().index.tolist() == page.index
