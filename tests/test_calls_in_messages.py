"""A call that a message of the library names can be typed: it has the arguments that it is given.

Every text of the library is read for the calls in it. What is said by one function about another
is tried as it is typed, too.
"""

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

import glasslogit
from glasslogit import (
    LogisticRegression,
    hypothesis_test,
    likelihood_ratio_test,
    summarize,
    term_tests,
    wald_test,
)
from glasslogit.errors import InputError

ROOT = Path(glasslogit.__file__).parent
FILES = [path for path in sorted(ROOT.rglob("*.py")) if path.parent.name != "cli"]
PARTS = (glasslogit, *(getattr(glasslogit, each) for each in ("evaluate", "export", "tables")))
KNOWN = {name: getattr(part, name) for part in PARTS for name in part.__all__}
FUNCTIONS: dict[str, Callable] = {name: each for name, each in KNOWN.items() if callable(each)}
METHODS = {each: getattr(LogisticRegression, each) for each in ("fit", "predict", "predict_proba")}
CALLED = FUNCTIONS | METHODS
CALL = re.compile(rf"(?<![\w.])(?:\w+\.)?({'|'.join(CALLED)})\(")
WITH = re.compile(rf"\b({'|'.join(FUNCTIONS)}) with (\w+)=")
IN_PLACE = "None"  # of what a text is made with


def texts_of(path: Path) -> Iterator[str]:
    """Give the texts of a file that are no docstrings."""
    tree = ast.parse(path.read_text())
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    first = [node.body[0] for node in ast.walk(tree) if isinstance(node, kinds) and node.body]
    passed = {id(each.value) for each in first if isinstance(each, ast.Expr)}
    made = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    passed |= {id(part) for node in made for part in node.values}
    for node in made:
        yield "".join(
            str(part.value) if isinstance(part, ast.Constant) else IN_PLACE for part in node.values
        )
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in passed
        ):
            yield node.value


def calls_in(text: str) -> Iterator[tuple[str, ast.Call]]:
    """Give the calls of functions of ours in a text."""
    for found in CALL.finditer(text):
        ends = (end for end in range(found.end(), len(text) + 1) if text[end - 1] == ")")
        whole = (text[found.start(1) : end] for end in ends)
        call = next(each for each in whole if each.count("(") == each.count(")"))
        yield found[1], ast.parse(call.replace("…", IN_PLACE), mode="eval").body


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_call_that_is_named_has_these_arguments(path):
    for text in texts_of(path):
        for name, call in calls_in(text):
            given = {each.arg: each for each in call.keywords}
            args = [each for each in call.args if ast.unparse(each) != IN_PLACE]
            own = [None] * (name in METHODS)
            inspect.signature(CALLED[name]).bind_partial(*own, *args, **given)
        for name, argument in WITH.findall(text):
            assert argument in inspect.signature(CALLED[name]).parameters, text


def test_there_are_such_calls():
    found = {name for path in FILES for text in texts_of(path) for name, _ in calls_in(text)}
    assert {"summarize", "wald_test", "read_table", "find_separation", "fit"} <= found


rng = np.random.default_rng(0)
X = rng.normal(size=(90, 2))
Y = (rng.random(90) < 1 / (1 + np.exp(-X[:, 0]))).astype(int)
PENALISED = LogisticRegression().fit(X, Y)
WEIGHT = rng.integers(1, 9, 90) / 3
WEIGHED = LogisticRegression(C=np.inf, weights="sampling").fit(X, Y, WEIGHT)
UNSAID = LogisticRegression(C=np.inf).fit(X, Y, WEIGHT)


@pytest.mark.parametrize(
    ("model", "ask"),
    [
        (PENALISED, lambda: term_tests(PENALISED, X, Y)),
        (PENALISED, lambda: hypothesis_test(PENALISED, X, Y, hypothesis="x1")),
        (PENALISED, lambda: summarize(PENALISED, X, Y).likelihood_ratio),
        (UNSAID, lambda: summarize(UNSAID, X, Y, WEIGHT)),
        (WEIGHED, lambda: likelihood_ratio_test(*[summarize(WEIGHED, X, Y, WEIGHT)] * 2)),
    ],
)
def test_what_is_said_of_another_function_runs(model, ask):
    with pytest.raises(InputError) as refused:
        ask()
    call = re.search(r"(?:wald_test|summarize)\(.*\)(?:\.wald)?", str(refused.value))[0]
    known = {"model": model, "large": model, "X": X, "y": Y, "sample_weight": WEIGHT}
    known |= {"summarize": summarize, "wald_test": wald_test}
    assert "Wald" in str(eval(call, known))  # noqa: S307  our own words
