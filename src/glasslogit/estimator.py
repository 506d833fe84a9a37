"""LogisticRegression: scikit-learn's face on the layers below.

Minimises   C·Σᵢ sᵢ·lossᵢ + l1_ratio·‖w‖₁ + (1 − l1_ratio)·½‖w‖²   with a free intercept.
"""

import warnings
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from math import inf
from time import perf_counter
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike

from glasslogit.core.losses import Floats
from glasslogit.data import Data, loss_of, read_arrays, read_batches
from glasslogit.errors import (
    CollinearityWarning,
    ConvergenceWarning,
    InputError,
    SeparationWarning,
)
from glasslogit.inputs import check_factors
from glasslogit.params import check_settings
from glasslogit.prediction import Predictor
from glasslogit.progress import ProgressBar
from glasslogit.solvers.gradient_descent import GradientDescent
from glasslogit.solvers.run import Outcome, Rules, Solver
from glasslogit.sources.threads import one_blas_thread, threads_of
from glasslogit.trace import Callback, Trace
from glasslogit.training import Fit, Settings, train
from glasslogit.trust.dependence import CollinearError


class LogisticRegression(Predictor):
    """Logistic regression: binary, softmax or one-vs-rest, to the optimum.

    Parameters
    ----------
    C
        Inverse strength of the penalty, as in scikit-learn: smaller is stronger;
        ``np.inf`` is none.
    l1_ratio
        Share of the L1 penalty: 0 is ridge, 1 lasso, between elastic net.
    penalty_factors
        What the penalty of each column is multiplied with, (d,) or by column name; 0 is none.
    solver
        ``"auto"``, a name (``"newton"``, ``"sampled_newton"``, ``"proximal_newton"``,
        ``"orthant_newton"``, ``"kronecker_newton"``, ``"newton_cg"``, ``"lbfgs"``;
        scikit-learn's names are understood) or a configured object such as
        ``GradientDescent(learning_rate=0.1, epochs=500)``.
    tol
        When to stop: how far each coefficient is from the optimum, in standard errors,
        were the others at theirs. It does not depend on the scale of the columns, on the
        number of rows or on how rare the events are. Nearly dependent columns may be
        further off, by the root of their variance inflation. The one shared parameter
        whose meaning differs from scikit-learn's.
    fit_intercept
        Whether the model has an intercept; it is never penalised.
    class_weight
        Weights of the classes, by label, or ``"balanced"``; multiplied with `sample_weight`.
        The probabilities are then those of the weighted population.
    multi_class
        For three or more classes: ``"multinomial"`` (softmax) or ``"ovr"`` (one-vs-rest).
    max_iter, max_time
        Largest number of steps (of epochs: see `GradientDescent`), and of seconds.
    warm_start
        Start from the previous fit.
    callbacks
        Functions shown a `Progress` after each step; one that returns True ends the fit.
    history
        ``"values"`` records a line for each step in `trace_`, ``"weights"`` also θ.
    verbose
        1 shows a progress bar (needs tqdm), 2 also says which solver was chosen, and why.
    random_state
        Accepted for scikit-learn's sake. Solvers that draw rows have a fixed seed of their
        own: ``GradientDescent(seed=…)``, ``SampledNewton(seed=…)``.
    n_jobs
        Threads that read the data: None is one, −1 all processors. The result does not depend
        on it. More than one pays where Hessians are formed, not for short passes.
    collinear
        What to do with unpenalised columns that others explain: ``"minimum_norm"`` shares the
        effect among them, the shortest way, and tells; ``"drop"`` holds the later ones at 0;
        ``"error"`` refuses them.

    Attributes
    ----------
    classes_, coef_, intercept_, n_iter_, n_features_in_, feature_names_in_
        As in scikit-learn: `coef_` is (1, d) for two classes and (K, d) for more.
    trace_
        The record of the training, a `Trace`; one for each class with ``"ovr"``.
    outcome_
        How the training ended, an `Outcome` with `converged` and `remedy`.
    solver_
        The name of the solver that was used.
    passes_
        How many times all rows were read.
    separation_
        Whether the classes are separated, a `Separation`; None where a penalty holds every
        column or the fit was cut short; one for each class with ``"ovr"``.
    dependences_
        The unpenalised columns that others explain, a tuple of `Dependence`.

    Examples
    --------
    >>> model = LogisticRegression().fit([[0.0], [1.0], [2.0], [3.0]], ["no", "no", "yes", "yes"])
    >>> model.predict([[0.2], [2.8]]).tolist()
    ['no', 'yes']
    >>> model.outcome_.converged
    True

    """

    def __init__(  # noqa: PLR0913
        self,
        C: float = 1.0,
        l1_ratio: float = 0.0,
        *,
        solver: Solver | str = "auto",
        tol: float = 1e-6,
        fit_intercept: bool = True,
        class_weight: Mapping[Any, float] | Literal["balanced"] | None = None,
        multi_class: Literal["multinomial", "ovr"] = "multinomial",
        max_iter: int = 100,
        max_time: float | None = None,
        random_state: int | None = None,
        warm_start: bool = False,
        callbacks: Sequence[Callback] = (),
        history: Literal["values", "weights"] = "values",
        verbose: int = 0,
        n_jobs: int | None = None,
        penalty_factors: ArrayLike | Mapping[str, float] | None = None,
        collinear: Literal["minimum_norm", "drop", "error"] = "minimum_norm",
    ) -> None:
        self.C = C
        self.l1_ratio = l1_ratio
        self.solver = solver
        self.tol = tol
        self.fit_intercept = fit_intercept
        self.class_weight = class_weight
        self.multi_class = multi_class
        self.max_iter = max_iter
        self.max_time = max_time
        self.random_state = random_state
        self.warm_start = warm_start
        self.callbacks = callbacks
        self.history = history
        self.verbose = verbose
        self.n_jobs = n_jobs
        self.penalty_factors = penalty_factors
        self.collinear = collinear

    def fit(
        self,
        X: Any,
        y: Any = None,
        sample_weight: ArrayLike | None = None,
        offset: ArrayLike | None = None,
    ) -> Self:
        """Fit to features X (n, d) and labels y (n,); give the fitted model.

        X may also be a function without arguments that yields batches (X, y) or (X, y,
        sample_weight), afresh at each call: rows that do not fit in memory. A row of weight
        2 counts as two rows. The offset is added to the margins. Raises `InputError` for
        data that cannot be used; warns with `ConvergenceWarning` or `SeparationWarning`.
        """
        check_settings(self)
        kinds: dict[str, Any] = {"class_weight": self.class_weight, "multi_class": self.multi_class}
        if callable(X):
            if not (y is None and sample_weight is None and offset is None):
                raise InputError("X is a function: it must yield y and sample_weight, with X")
            data = read_batches(X, **kinds)
        else:
            threads = threads_of(self.n_jobs)
            rows: dict[str, Any] = {
                "sample_weight": sample_weight,
                "offset": offset,
                "threads": threads,
            }
            data = read_arrays(X, y, **rows, **kinds)
        names = data.names or tuple(f"x{j}" for j in range(data.features))
        try:
            with one_blas_thread():
                fits = self._train(data)
        except CollinearError as error:
            told = "; ".join(str(relation.named(names)) for relation in error.relations)
            raise InputError(f"columns of X depend on each other: {told}; drop some") from None
        self._keep(data, fits)
        self._judge(names, fits)
        self._warn(fits)
        return self

    def _train(self, data: Data) -> list[Fit]:
        start = self._previous(data) if self.warm_start else None
        loss, several = loss_of(len(data.classes), self.multi_class), len(data.sources) > 1
        steps = self.solver.epochs if isinstance(self.solver, GradientDescent) else None
        began, fits = perf_counter(), list[Fit]()
        for k, make_source in enumerate(data.sources):
            bar = ProgressBar(f"fit {data.classes[k]}" if several else "fit", steps)
            with bar if self.verbose else nullcontext() as shown:
                spent = perf_counter() - began
                settings = self._settings(data, [] if shown is None else [shown], spent)
                part = start[:, k : k + 1] if several and start is not None else start
                fits.append(train(make_source(), loss, settings, part))
            if fits[-1].result.outcome is Outcome.INTERRUPTED and len(fits) < len(data.sources):
                raise KeyboardInterrupt
        return fits

    def _settings(self, data: Data, shown: list[Callback], spent: float) -> Settings:
        rules = Rules(
            tol=self.tol,
            max_steps=self.max_iter,
            max_time=inf if self.max_time is None else self.max_time - spent,
            callbacks=(*shown, *self.callbacks),
            keep_weights=self.history == "weights",
        )
        tell = print if self.verbose >= 2 else str
        factors = check_factors(self.penalty_factors, data.features, data.names)
        asked = self.C, self.l1_ratio, self.fit_intercept, self.solver
        return Settings(*asked, rules, tell, factors, self.collinear)

    def _previous(self, data: Data) -> Floats | None:
        """Give θ of the previous fit, if it fits these data and was not on its way to infinity."""
        if not hasattr(self, "coef_") or not np.array_equal(self.classes_, data.classes):
            return None
        if getattr(self, "outcome_", None) is Outcome.SEPARATED:
            return None
        return self._theta() if self.n_features_in_ == data.features else None

    def _keep(self, data: Data, fits: list[Fit]) -> None:
        theta = np.hstack([fit.result.theta for fit in fits])
        if np.abs(theta).max() < np.finfo(data.dtype).max:
            theta = theta.astype(data.dtype)
        self.classes_ = data.classes
        self.coef_ = np.ascontiguousarray(theta[:-1].T)
        self.intercept_ = theta[-1].copy()
        self.n_iter_ = np.array([len(fit.result.trace) - 1 for fit in fits], np.int32)
        self.n_features_in_ = data.features
        self.__dict__.pop("feature_names_in_", None)
        if data.names is not None:
            self.feature_names_in_ = np.array(data.names, dtype=object)
        traces = tuple(fit.result.trace for fit in fits)
        self.trace_: Trace | tuple[Trace, ...] = traces[0] if len(traces) == 1 else traces
        outcomes = [fit.result.outcome for fit in fits]
        self.outcome_ = next((o for o in outcomes if not o.converged), outcomes[0])
        self.solver_ = fits[0].solver.name
        self.passes_ = sum(fit.passes for fit in fits)

    def _judge(self, names: tuple[str, ...], fits: list[Fit]) -> None:
        labels = [str(label) for label in self.classes_.tolist()]
        one = len(fits) == 1
        found = tuple(
            fit.verdict and fit.verdict.named(names, labels if one else ["the rest", labels[k]])
            for k, fit in enumerate(fits)
        )
        self.separation_: Any = found[0] if one else found
        first = fits[0].verdict
        relations = first.relations if first else ()
        self.dependences_ = tuple(relation.named(names) for relation in relations)

    def _warn(self, fits: list[Fit]) -> None:
        told = "; ".join(map(str, self.dependences_))
        if told:
            done = "of all optima the one of smallest norm is given (collinear='minimum_norm')"
            if self.collinear == "drop":
                done = f"dropped {', '.join(found.dropped for found in self.dependences_)}"
            text = f"columns depend on each other: {told}; {done}"
            warnings.warn(text, CollinearityWarning, stacklevel=3)
        separations = self.separation_ if len(fits) > 1 else (self.separation_,)
        for k, fit in enumerate(fits):
            outcome, trace = fit.result.outcome, fit.result.trace
            if outcome.deliberate:
                continue
            which = "" if len(fits) == 1 else f" for class {self.classes_[k]!s} against the rest"
            text = f"{fit.solver.name}{which}: {outcome.remedy}"
            if outcome is Outcome.SEPARATED:
                text = f"{fit.solver.name}{which}: {separations[k]}"
                warnings.warn(text, SeparationWarning, stacklevel=3)
                continue
            left = f"{trace.violation[-1]:.2g} standard errors from the optimum"
            text = f"{text} (after {len(trace) - 1} steps, {left})"
            warnings.warn(text, ConvergenceWarning, stacklevel=3)
