"""Summaries against published tables, to every printed digit.

Some publishers stopped before their optimum: then the case says to which relative tolerance its
numbers hold. `published_cases` says where the cases are.
"""

import csv
import gzip
import io
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from glasslogit import LogisticRegression, marginal_effects
from glasslogit.model.fitted import fitted_objective
from glasslogit.pages import labels_of
from glasslogit.sources import ArraySource
from glasslogit.trust.inference.distributions import two_sided
from glasslogit.trust.inference.summarize import summarize_fitted
from published_cases import CASES, DATA, shared_only

FITTED = [c["id"] for c in CASES if c["kind"] in ("binary", "multinomial")]
SEPARATED = [c["id"] for c in CASES if c["kind"] == "separation"]
# Where the printed digits are not those of the solution: R's errors are those of its last step
# but one, and with them z and p.
MISPRINTS = {
    "infert_2": {
        ("se", "(Intercept)"),
        ("se", "education6-11yrs"),
        ("se", "education12+ yrs"),
        ("se", "induced"),
        ("p", "education6-11yrs"),
        ("p", "spontaneous"),
    },
    "esoph_2": {("se", "agegp.L"), ("se", "agegp.Q")},
    "saheart_full": {("se", "(Intercept)")},
    "islr_default": {("z", "(Intercept)"), ("z", "balance"), ("p", "income")},
}
PASSES = {  # of a fit by the defaults, one of them for the proof that an optimum exists
    "spector_stata11": 8,
    "birthwt_mass": 8,
    "infert_2": 7,
    "esoph_2": 10,
    "orings": 8,
    "ucla_binary": 7,
    "saheart_full": 8,
    "islr_default": 10,
    "vaso_pregibon": 10,
    "star98_gill": 7,
    "anes96_stata11": 9,
    "housing_nnet": 7,
    "hsbdemo_prog": 8,
    "lizards_not_separated": 7,
}
LAST_PLACE = 0.5 + 1e-6  # of the last printed digit
SCALARS = {
    "loglik": "log_likelihood",
    "loglik_null": "null_log_likelihood",
    "loglik_full": "log_likelihood",
    "aic": "aic",
    "bic": "bic",
    "deviance": "deviance",
    "null_deviance": "null_deviance",
    "prsquared": "mcfadden_r2",
}
COLUMNS = {"coef": "coef", "se": "std_error", "z": "z", "p": "p_value"}


def case_of(name: str) -> dict:
    return next(case for case in CASES if case["id"] == name)


def columns_of(case: dict) -> dict[str, np.ndarray]:
    text = gzip.decompress((DATA / case["data"]).read_bytes()).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    found = {}
    for name in rows[0]:
        values = [row[name] for row in rows]
        try:
            found[name] = np.array(values, float)
        except ValueError:
            found[name] = np.array(values)
    return found


def evaluate(text: str, columns: dict[str, np.ndarray]) -> np.ndarray:
    return np.asarray(eval(text, {"np": np, **columns}), float)  # noqa: S307  our own file


def target_of(case: dict, columns: dict):
    """Give row numbers, labels and weights: counts become a row of events and one of others."""
    response, n = case["response"], len(next(iter(columns.values())))
    weight = columns[case["weights"]] if case.get("weights") else np.ones(n)
    if response["type"] == "counts":
        parts = [columns[response[side]] for side in ("success", "failure")]
        return np.tile(np.arange(n), 2), np.repeat([1, 0], n), np.concatenate(parts)
    if response["type"] == "binary":
        return np.arange(n), evaluate(response["expr"], columns).astype(int), weight
    labels = columns[response["column"]]
    return np.arange(n), np.searchsorted(np.array(response["classes"]), labels), weight


@cache
def fit(name: str):
    case = case_of(name)
    columns = columns_of(case)
    n = len(next(iter(columns.values())))
    terms = [t for t in case["terms"] if t[0] != "(Intercept)"]
    X = np.column_stack([np.broadcast_to(evaluate(text, columns), (n,)) for _, text in terms])
    rows, y, weight = target_of(case, columns)
    if case["response"]["type"] == "categorical":
        labels = columns[case["response"]["column"]]
        y = labels if labels.dtype.kind != "f" else labels.astype(int)
    model = LogisticRegression(C=np.inf).fit(X[rows], y, weight)
    model.feature_names_in_ = np.array([name for name, _ in terms], dtype=object)
    fitted = fitted_objective(model, X[rows], y, weight)
    if case["response"]["type"] == "counts":
        trials = weight[:n] + weight[n:]
        fraction = weight[:n] / np.maximum(trials, 1)
        source = ArraySource(X, fraction, trials, np.zeros((n, 1)))
        fitted = fitted._replace(objective=replace(fitted.objective, source=source, rows=n))
    reference = case["response"].get("reference")
    return (
        case,
        model,
        fitted,
        summarize_fitted(model, fitted, reference=reference),
        (X[rows], y, weight),
    )


def agrees(mine: float, printed: str, tolerance: float | None = None) -> bool:
    """Tell whether a number, printed to as many digits, is the printed one."""
    if printed.startswith("<"):
        return mine < float(printed[1:])
    mantissa, _, power = printed.lower().partition("e")
    places = len(mantissa.partition(".")[2]) - int(power or 0)
    apart = abs(mine - float(printed))
    unit = 10.0**-places
    return apart <= LAST_PLACE * unit or apart <= (tolerance or 0.0) * abs(float(printed))


def labelled(summary, values) -> dict:
    if len(summary.equations) == 1:
        return dict(zip(summary.terms, values, strict=True))
    keys = [(str(a), b) for a, b in labels_of(summary.terms, summary.equations)]
    return dict(zip(keys, values, strict=True))


def flat(published: dict) -> dict:
    if not all(isinstance(v, dict) for v in published.values()):
        return published
    return {(k, t): x for k, part in published.items() for t, x in part.items()}


def exact(case: dict, field: str) -> dict:
    """Give what the 25-digit solution of the case says of a column of the table."""
    reference = case["reference"]
    coef, se = flat(reference["coef"]), flat(reference["se"])
    if field in ("coef", "se"):
        return {term: float(x) for term, x in (coef if field == "coef" else se).items()}
    z = {term: float(coef[term]) / float(se[term]) for term in coef}
    return z if field == "z" else {term: float(two_sided(np.array(x))) for term, x in z.items()}


@pytest.mark.parametrize("name", FITTED)
def test_the_table_to_every_printed_digit(name):
    """Where the printed digits are not those of the 25-digit solution, ours are the solution's."""
    case, _, _, summary, _ = fit(name)
    tolerance, misprints = case.get("tol") or {}, set()
    for table in case["published"]:
        for field, attribute in COLUMNS.items():
            mine, known = labelled(summary, getattr(summary, attribute)), exact(case, field)
            for term, printed in flat(table.get(field, {})).items():
                misprint = not agrees(known[term], printed, tolerance.get(field))
                misprints |= {(field, term)} if misprint else set()
                wanted = repr(known[term]) if misprint else printed
                assert agrees(mine[term], wanted, 1e-8 if misprint else tolerance.get(field)), term
    assert misprints == MISPRINTS.get(name, set())


@pytest.mark.parametrize("name", FITTED)
def test_coefficients_and_errors_to_nine_digits_of_the_exact_ones(name):
    case, _, _, summary, _ = fit(name)
    errors = labelled(summary, summary.std_error)
    coefs = labelled(summary, summary.coef)
    for term, error in exact(case, "se").items():
        assert abs(errors[term] / error - 1) < 1e-9
        assert abs(coefs[term] - exact(case, "coef")[term]) < 1e-9 * (error + abs(coefs[term]))


@pytest.mark.parametrize("name", FITTED)
def test_the_defaults_give_ten_digits_of_every_coefficient_in_as_many_passes(name):
    case, model, _, summary, _ = fit(name)
    for term, mine in labelled(summary, summary.coef).items():
        assert abs(mine / exact(case, "coef")[term] - 1) < 1e-10
    assert model.passes_ == PASSES[name]


@pytest.mark.parametrize("name", FITTED)
def test_likelihoods_and_criteria_to_every_printed_digit(name):
    case, _, _, summary, _ = fit(name)
    tolerance = case.get("tol") or {}
    for table in case["published"]:
        for field in SCALARS.keys() & table.keys():
            mine = getattr(summary, SCALARS[field])
            assert agrees(mine, table[field], tolerance.get(field)), field
        if "llr" in table:
            assert agrees(summary.likelihood_ratio.statistic, table["llr"], tolerance.get("llr"))
        if "llr_p" in table:
            assert agrees(summary.likelihood_ratio.p_value, table["llr_p"], tolerance["llr_p"])
        for term, ends in table.get("ci", {}).items():
            for side, printed in zip((summary.ci_low, summary.ci_high), ends, strict=True):
                assert agrees(labelled(summary, side)[term], printed)
    reference = case["reference"]
    exact_deviance = float(reference.get("deviance", -2 * float(reference["loglik"])))
    assert abs(summary.deviance - exact_deviance) < 1e-8


@shared_only
def test_profile_intervals_of_the_ucla_page():
    case, model, fitted, _, _ = fit("ucla_binary")
    summary = summarize_fitted(model, fitted, intervals="profile")
    table = next(table for table in case["published"] if "profile_ci" in table)
    for term, ends in table["profile_ci"].items():
        j = summary.terms.index(term)
        for mine, printed in zip((summary.ci_low[j], summary.ci_high[j]), ends, strict=True):
            assert agrees(mine, printed, case["tol"]["profile_ci"]), term


@pytest.mark.parametrize("at", ["overall", "mean"])
def test_stata_margins(at):
    case, model, _, _, rows = fit("spector_stata11")
    effects = marginal_effects(model, *rows, at=at)
    table = case["published"][0]
    for name, mine in {"": effects.effect, "_se": effects.std_error}.items():
        for term, printed in table[f"margeff_{at}_dydx{name}"].items():
            value = mine[effects.terms.index(term)]
            assert agrees(value, printed, case["tol"].get(f"margeff_{at}_dydx{name}", 2e-6)), term


@pytest.mark.parametrize("name", SEPARATED)
@pytest.mark.filterwarnings("ignore::glasslogit.errors.SeparationWarning")
def test_separated_classes_have_no_standard_error(name):
    summary = fit(name)[3]
    assert not np.isfinite(summary.coef).all()
    assert np.isnan(summary.std_error[~np.isfinite(summary.coef)]).all()
