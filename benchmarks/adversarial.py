"""Fits made to break a certificate, and the truth about them in 50 digits.

`python benchmarks/certificate.py --adversarial` runs them; `judge` lists the bounds of one that are
below the truth.
"""

import platform
import warnings
from collections import Counter
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

import mpmath as mp
import numpy as np
from adversarial_cases import MOST_STEPS, Case, make_case
from exact_optimum import Exact, Optimum
from scipy.sparse import csr_matrix

from glasslogit import LogisticRegression
from glasslogit.errors import InputError
from glasslogit.trust.verify import verify

BOUNDS = ("gap", "relative_gap", "coefficients", "probability")
OUT_OF_PLACE = 0.1  # of the models without an intercept that are moved get one
SLACK = 1e-12  # of a bound, for the rounding in stating it
NOTHING = 1e-300  # numbers below it are as good as 0


def fit(case: Case, **changed: Any) -> LogisticRegression:
    """Fit a case, without its warnings."""
    args, more = case.arguments
    return LogisticRegression(**case.settings | changed).fit(*args, **more)


def move(model: LogisticRegression, case: Case, seed: int) -> None:
    """Move the coefficients of a model by hand."""
    rng = np.random.default_rng([seed, 21])
    b = "intercept_" if model.centre_ is None else "centred_intercept_"
    for name in ("coef_", b):
        old = getattr(model, name)
        size = np.abs(old).max(initial=0.0) or 1.0
        if name == "coef_" or model.fit_intercept or rng.random() < OUT_OF_PLACE:
            setattr(model, name, old + size * case.moved * rng.normal(size=old.shape))


def theta_of(model: LogisticRegression) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give w (d, c), the intercepts (c,) and the centre (d,) by which a model predicts."""
    w = np.atleast_2d(model.coef_).T
    if model.centre_ is None:
        return w, model.intercept_, np.zeros(len(w))
    return w, model.centred_intercept_, model.centre_


def exact_problem(case: Case) -> Exact:
    """Write the case down for the judge."""
    n, d = case.X.shape
    if case.y.dtype.kind == "f":
        T = np.column_stack([1 - case.y, case.y])
    else:
        T = np.eye(int(case.y.max()) + 1)[case.y]
    K, of = T.shape[1], case.settings
    offset = np.zeros((n, 1 if K == 2 else K)) if case.offset is None else case.offset
    weight = np.ones(n) if case.weight is None else case.weight
    factors = np.asarray(of.get("penalty_factors", np.ones(d)))
    rest = of["C"], of["l1_ratio"], factors, of["fit_intercept"]
    return Exact(case.X, T, weight, offset.reshape(n, -1), *rest)


class Truth:
    """How far a model is from the optimum; what is not unique counts for nothing."""

    def __init__(self, best: Optimum, model: LogisticRegression, predicted: np.ndarray) -> None:
        """Compare in these digits, the model's probabilities as they are and as it gives them."""
        theta = theta_of(model)
        with mp.workdps(best.digits):
            here = best.seen(theta)
            w = [[mp.mpf(float(v)) for v in row] for row in theta[0]]
            dead = [j for j in range(best.d) if j not in best.live]
            cost = best.penalty([w[j] for j in dead], *(
                [of[j] for j in dead] for of in (best.kinks, best.ridges)))  # fmt: skip
            gap = best.value(here) + cost - best.least
            far = [abs(v) for j in dead if best.kinks[j] + best.ridges[j] for v in w[j]]
            for x, (one, other) in enumerate(zip(here, best.theta, strict=True)):
                if x < len(best.live):
                    apart = [a - b for a, b in zip(one, other, strict=True)]
                    free = best.c > 1 and best.kink[x] + best.ridge[x] == 0
                    middle = (max(apart) + min(apart)) / 2 if free else 0  # the nearest optimum
                    far += [abs(a - middle) for a in apart]
            p, q = best.probabilities(here)[0], best.probabilities(best.theta)[0]
            given = [[mp.mpf(float(v)) for v in predicted[i]] for i in best.kept]
            moved = [
                abs(a - b)
                for one in (p, given)
                for x, y in zip(one, q, strict=True)
                for a, b in zip(x, y, strict=True)
            ]
            share = gap / best.least if best.least > 0 else mp.inf
            coefficients = max(far, default=mp.mpf(0)) if best.unique else mp.mpf(0)
            self.bounds = gap, share, coefficients, max(moved)


def judge(seed: int, case: Case | None = None) -> tuple[str, list[str], dict[str, Any]]:
    """Fit a case, and give what it came to, the bounds that are wrong, and all numbers."""
    case = case or make_case(seed)
    args, more = case.arguments
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            model = fit(case)
        except InputError:
            return "refused", [], {}
        given = {"certificate_": model.certificate_}
        if case.moved:
            move(model, case, seed)
            given = {}
        given["verify"] = verify(model, *args, **more)
        if not any(each.proved for each in given.values()):
            return "silent", malformed(given), {"given": given}
        start = theta_of(model)
        if case.moved or not model.outcome_.converged:
            start = theta_of(fit(case, solver="auto", tol=1e-9, max_iter=MOST_STEPS))
        X = csr_matrix(case.X) if case.storage == "sparse" else case.X
        predicted = model.predict_proba(X, offset=case.offset)
    outside = not case.settings["fit_intercept"] and bool(model.intercept_.any())
    if outside:
        return "outside", ["proved, but the model has an intercept that no fit would have"], {}
    best = Optimum(exact_problem(case), start)
    found = {"given": given, "exists": best.exists, "unique": best.unique}
    if best.exists is None:
        return "open", malformed(given), found
    if not best.exists:
        proved = [
            f"{name}: proved, but there is no optimum" for name, c in given.items() if c.proved
        ]
        return "no optimum", malformed(given) + proved, found
    truth = Truth(best, model, predicted).bounds
    found["truth"] = truth
    wrong = [
        f"{name}.{of}: {getattr(certificate, of):.3g} < {mp.nstr(true, 5)}"
        for name, certificate in given.items()
        if certificate.proved
        for of, true in zip(BOUNDS, truth, strict=True)
        if not getattr(certificate, of) >= true * (1 - SLACK) - NOTHING
    ]
    return "judged", malformed(given) + wrong, found


def malformed(given: dict[str, Any]) -> list[str]:
    """Say which numbers are no bounds at all."""
    return [
        f"{name}.{of} is {getattr(certificate, of)}"
        for name, certificate in given.items()
        for of in (*BOUNDS, "rounding")
        if not getattr(certificate, of) >= 0
    ]


def report(first: int, number: int) -> str:
    """Judge cases, print those that fail as they come, and give the figures as Markdown."""
    start, ends, failed, proved = perf_counter(), Counter[str](), list[int](), Counter[str]()
    for seed in range(first, first + number):
        try:
            end, wrong, found = judge(seed)
        except Exception as error:  # noqa: BLE001  whatever leaves is a fault, and the rest goes on
            end, wrong, found = "crashed", [repr(error)], {}
        ends[end] += 1
        proved.update(name for name, c in found.get("given", {}).items() if c.proved)
        if wrong:
            failed.append(seed)
            print(seed, end, make_case(seed).made, *wrong, sep="\n    ", flush=True)
    machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    machine += f", NumPy {np.__version__}"
    said = ", ".join(f"{name} {count:,}" for name, count in ends.most_common())
    minutes = f"{(perf_counter() - start) / 60:.0f} minutes"
    which = ": seeds " + ", ".join(map(str, failed)) if failed else ""
    return f"""## Fits made to break it

{number:,} fits, seeds {first} to {first + number - 1}, {datetime.now(UTC):%d %B %Y}, {machine}:
columns of scales from 1e-145 to 1e145 and up to 1e15 spreads from 0, outliers up to 1e15, weights
over 30 decades, near and exact duplicates, constants, offsets, separated classes, penalties from
1e-12 to 1e12, fits that are not finished and models moved by hand; dense, sparse and in batches.
The truth is the optimum in 50 digits, beside the model and beside what it predicts. Made by
`python benchmarks/certificate.py {number} --adversarial --seed {first}`, not typed.

A bound was below the truth, or the fit crashed, in **{len(failed)}** of them{which}.

What became of them: {said}. Those are *silent* for which no bound was given, and those *open* for
which the truth is not known in 50 digits. `certificate_` gave a bound for
{proved["certificate_"]:,}, `verify` for {proved["verify"]:,}. It took {minutes}.
"""
