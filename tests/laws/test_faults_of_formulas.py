"""What the functions of a formula find wrong with the values is told by table and formula."""

import re

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("formulaic", reason="formulas are read with formulaic")

from glasslogit.errors import InputError, TableError
from glasslogit.tables import Encoding, TableEncoder
from glasslogit.tables.encoding import formula as module

N = 40
TABLE = pd.DataFrame({"a": np.arange(1.0, N + 1), "b": np.tile([0.0, 1.0], N // 2), "g": "u"})
TABLE.loc[::3, "g"] = "v"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("bs(a, 4, lower_bound=100)", "no data points are available for knot selection"),
        ("bs(a, 4, lower_bound=9, upper_bound=2)", "no data points are available"),
        ("bs(a, knots=[100])", "the knots of 'bs(a, knots=[100])' do not rise"),
        ("bs(a, lower_bound=8, upper_bound=2)", "do not rise from its lower to its upper bound"),
        ("poly(b, 3)", "'poly(b, 3)' learned nan, which is not a finite number"),
        ("scale(I(b * 0))", "divides by 0, as the column is constant; leave it out"),
    ],
)
def test_what_cannot_be_learned_is_told(text: str, said: str) -> None:
    start = f"X: formula {text!r} cannot be computed: "
    with pytest.raises(TableError, match=f"^{re.escape(start)}.*{re.escape(said)}") as caught:
        TableEncoder(formula=text).fit(TABLE)
    assert "\n" not in str(caught.value)


def broken(problem: str) -> dict:
    """Give functions of which one always finds something wrong."""

    def fails(_values: np.ndarray) -> np.ndarray:
        raise ValueError(problem)

    return module.own_functions() | {"abs": fails}


def test_whatever_a_function_raises_is_one_line_that_names_the_formula(monkeypatch) -> None:
    """At the fit, before a prediction, and where a model is loaded."""
    fitted = TableEncoder(formula="abs(a) + b").fit(TABLE)
    stored, functions = fitted.encoding_.to_dict(), broken("\x1b[31mout\x1b[0m of\n  luck")
    monkeypatch.setattr(module, "own_functions", lambda: functions)
    for attempt, where in (
        (lambda: TableEncoder(formula="abs(a) + b").fit(TABLE), "X: formula 'abs(a) + b'"),
        (lambda: fitted.transform(TABLE), "formula 'abs(a) + b'"),
        (lambda: Encoding.from_dict(stored), "the formula 'abs(a) + b'"),
    ):
        with pytest.raises(TableError) as caught:
            attempt()
        assert str(caught.value) == f"{where} cannot be computed: out of luck"


def test_a_function_that_gives_other_columns_than_at_the_fit_is_refused(monkeypatch) -> None:
    fitted = TableEncoder(formula="abs(a) + b").fit(TABLE)
    functions = module.own_functions() | {"abs": lambda values: {"x": values, "y": values}}
    monkeypatch.setattr(module, "own_functions", lambda: functions)
    with pytest.raises(InputError, match="no longer gives the columns it was fitted on"):
        fitted.transform(TABLE)


def test_a_term_of_one_level_is_refused_unless_other_rows_hold_more() -> None:
    constant = TABLE.assign(g="u")
    for text in ("a + g", "a + a:g + g"):
        with pytest.raises(TableError, match=r"'g' has one level only, so no column of X; leave"):
            TableEncoder(formula=text).fit(constant)
    gaps = TABLE.assign(a=TABLE.a.where(TABLE.g == "u"))
    kept = TableEncoder(formula="a + g", missing="drop").fit(gaps)
    assert kept.get_feature_names_out().tolist() == ["a"]
