"""LogisticRegression: scikit-learn's face on the layers below.

Minimises   C·Σᵢ sᵢ·lossᵢ + l1_ratio·‖w‖₁ + (1 − l1_ratio)·½‖w‖²   with a free intercept.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glasslogit.core import Floats
from glasslogit.errors import InputError
from glasslogit.findings import Finding
from glasslogit.model.base_rate import prior_shift, rates_for
from glasslogit.model.data import Data
from glasslogit.model.fitting import (
    centred,
    find_risks,
    most_steps,
    one_or_each,
    train_all,
    verdict_attributes,
    warn_of_outcomes,
)
from glasslogit.model.parameters import check_settings
from glasslogit.model.prediction import Predictor
from glasslogit.model.problem import read_training_data
from glasslogit.model.scikit_learn_protocol import WatchedFit, is_watched, shown_rows, train_watched
from glasslogit.optimum import VERIFY, Certificate, Fit, unproved
from glasslogit.optimum.separation import Dependence, Separation
from glasslogit.solvers import Callback, Solver, Trace
from glasslogit.sources import one_blas_thread

if TYPE_CHECKING:
    from glasslogit.tables.encoding import TableEncoder


class LogisticRegression(Predictor):
    """Logistic regression: binary, softmax or one-vs-rest, to the optimum.

    Parameters
    ----------
    penalty
        scikit-learn's older way to say it: ``"l2"`` is l1_ratio=0, ``"l1"`` l1_ratio=1,
        ``"elasticnet"`` l1_ratio as given, None is C=np.inf; ``"deprecated"`` leaves it to
        `C` and `l1_ratio`. A contradiction with these is an error.
    C
        Inverse strength of the penalty, as in scikit-learn: smaller is stronger;
        ``np.inf`` is none.
    l1_ratio
        Share of the L1 penalty: 0 (also None) is ridge, 1 lasso, between elastic net.
    dual
        Accepted for scikit-learn's sake: the optimum is the same.
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
    intercept_scaling
        Accepted for scikit-learn's sake, as 1: an intercept without a penalty has no scale.
    class_weight
        Weights of the classes, by label, or ``"balanced"``; multiplied with `sample_weight`.
        The probabilities are then those of the weighted population.
    multi_class
        For three or more classes: ``"multinomial"`` (softmax) or ``"ovr"`` (one-vs-rest).
    max_iter, max_time
        Largest number of steps (of epochs: see `GradientDescent`), and of seconds.
    weights
        What `sample_weight` means. It decides how many observations there are, to which `tol` and
        standard errors refer; the optimum is the same. ``"frequency"``: a row of weight 3 is
        three equal rows, or trials; observations are the sum of the weights. ``"sampling"``: the
        row was drawn with a chance of 1/weight and stands for others like it; ``"precision"``:
        its variance is 1/weight of that of a row of weight 1. Then they are the rows whose
        weight is not 0.
    base_rate
        The share of the classes in the population that the probabilities are for, if it is not
        that of the (weighted) rows: after fitting, the intercept moves to it. That of
        ``classes_[1]``, a mapping from labels, or ``"training"`` for the shares before
        `class_weight`; see `with_base_rate`.
    findings, silence
        ``"auto"`` collects in `findings_` what the training shows of risks at no cost,
        ``"full"`` all that `inspect_data` finds. Codes in `silence` are left out.
    warm_start
        Start from the previous fit.
    encoder
        A `TableEncoder`: how the columns of a table become columns of X. None takes arrays and
        tables of numbers as they are, and any other table with the default policies.
    formula
        The terms of X as in R, ``"churn ~ age + C(plan) * tenure + bs(income, 4)"``; the left
        side, if there is one, names the target. See docs/tables.md.
    callbacks
        Functions shown a `Progress` after each step; one that returns True ends the fit.
    history
        ``"values"`` records a line for each step in `trace_`, ``"weights"`` also θ.
    verbose
        1 shows a progress bar (needs tqdm), or a line below the cell of a notebook; 2 also says
        which solver was chosen, and why.
    random_state
        Accepted for scikit-learn's sake. Solvers that draw rows have a fixed seed of their
        own: ``GradientDescent(seed=…)``, ``SampledNewton(seed=…)``.
    n_jobs
        Threads that read the data: None is one, −1 all processors. The result does not depend
        on it. More than one pays where Hessians are formed, not for short passes.
    collinear
        For unpenalised columns that others explain: ``"minimum_norm"`` shares the effect and
        tells, ``"drop"`` holds the later ones at 0, ``"error"`` refuses them.

    Attributes
    ----------
    classes_, coef_, intercept_, n_iter_, n_features_in_, feature_names_in_
        As in scikit-learn: `coef_` is (1, d) for two classes and (K, d) for more. Of a table
        that was encoded, the names and number are those of the table's columns.
    feature_names_
        The names of the coefficients, (d,).
    encoder_
        The fitted `TableEncoder`, or None.
    trace_
        The record of the training, a `Trace`; one for each class with ``"ovr"``. It holds the
        points that passes have seen. A fit that converged may end a step of Newton's method beyond
        the last of them, which `n_iter_` does not count; `certificate_` is for where it ends.
    outcome_
        How the training ended, an `Outcome` with `converged` and `remedy`.
    solver_
        The name of the solver that was used.
    passes_
        How many times all rows were read.
    uses_offset_
        Whether the rows had an offset. Then those to predict must have one, or ``offset=0``.
    target_
        The name of the target's column, where y was given by name; else None. A model that has one
        finds its columns by name in any table that holds them.
    training_
        What the model file says of the training rows, such as the means of the columns, a mapping;
        None of a model that was not loaded, or whose file says nothing.
    separation_, dependences_
        Whether the classes are separated, a `Separation` or None (one for each class with
        ``"ovr"``), and the unpenalised columns that others explain, each a `Dependence`.
    positive_, threshold_
        The class that `predict` gives from which of its probabilities on, where `with_threshold`
        has set them; else None, and the most probable class is predicted.
    class_shares_, base_rate_
        The shares of the classes (K,) in the weighted rows, and those that the intercept is for.
    findings_
        What is risky in the data and the fit, a tuple of `Finding`.
    certificate_
        What is proved of the distance to the optimum, a `Certificate`; one for each class with
        ``"ovr"``. `glasslogit.verify` proves more, in a few passes.

    Examples
    --------
    >>> model = LogisticRegression().fit([[0.0], [1.0], [2.0], [3.0]], ["no", "no", "yes", "yes"])
    >>> model.predict([[0.2], [2.8]]).tolist()
    ['no', 'yes']
    >>> model.outcome_.converged
    True

    """

    feature_names_in_: NDArray[Any]
    trace_: Trace | Any  # with "ovr" these three are tuples, one for each class
    certificate_: Certificate | Any
    separation_: Separation | Any | None
    dependences_: tuple[Dependence, ...]
    findings_: tuple[Finding, ...]

    def __init__(  # noqa: PLR0913
        self,
        penalty: str | None = "deprecated",
        *,
        C: float = 1.0,
        l1_ratio: float | None = 0.0,
        dual: bool = False,
        solver: Solver | str = "auto",
        tol: float = 1e-6,
        fit_intercept: bool = True,
        intercept_scaling: float = 1,
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
        encoder: "TableEncoder | None" = None,
        formula: str | None = None,
        weights: Literal["frequency", "sampling", "precision"] = "frequency",
        base_rate: float | Mapping[Any, float] | Literal["training"] | None = None,
        findings: Literal["auto", "full"] = "auto",
        silence: Sequence[str] = (),
        collinear: Literal["minimum_norm", "drop", "error"] = "minimum_norm",
    ) -> None:
        self.penalty = penalty
        self.C = C
        self.l1_ratio = l1_ratio
        self.dual = dual
        self.solver = solver
        self.tol = tol
        self.fit_intercept = fit_intercept
        self.intercept_scaling = intercept_scaling
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
        self.encoder = encoder
        self.formula = formula
        self.weights = weights
        self.base_rate = base_rate
        self.findings = findings
        self.silence = silence
        self.collinear = collinear

    def fit(
        self,
        X: Any,
        y: Any = None,
        sample_weight: ArrayLike | None = None,
        offset: ArrayLike | None = None,
    ) -> Self:
        """Fit to features X (n, d) and labels y (n,); give the fitted model.

        Instead of labels y may hold the shares of events among trials, with the number of trials
        as `sample_weight`, or the counts of events and of other trials, (n, 2). X may also be a
        table of pandas, polars, pyarrow or DuckDB; then y may be the name of its target column,
        and is not needed with a formula that names the target. Or X is a function without
        arguments that yields batches (X, y) or (X, y, sample_weight), afresh at each call: rows
        that do not fit in memory. A row of weight 2 counts as two rows. The offset is added to
        the margins. Raises `InputError` for data that cannot be used; warns with
        `ConvergenceWarning`, `SeparationWarning` or `CollinearityWarning`.
        """
        check_settings(self)
        if callable(X) and self.findings == "full":
            raise InputError("findings='full' needs the rows in memory; pass arrays")
        data = read_training_data(self, X, y, sample_weight, offset)
        rates = rates_for(self, data)
        if is_watched(self):
            rows = shown_rows(X, y, sample_weight=sample_weight, offset=offset)
            told = WatchedFit(most_steps(self, data), rows, data.attributes)
            fits = train_watched(self, partial(self._train, data, rates), told)
        else:
            fits = self._train(data, rates, [])
        warn_of_outcomes(fits, data, self)
        return self

    def _train(self, data: Data, rates: Floats, callbacks: Sequence[Callback]) -> list[Fit]:
        """Train each of the models, and set the attributes that tell of it."""
        with one_blas_thread():
            fits = train_all(self, data, callbacks)
        self._keep(data, fits, rates)
        self.findings_ = find_risks(self, data, fits)
        return fits

    def _keep(self, data: Data, fits: list[Fit], rates: Floats) -> None:
        theta = np.hstack([fit.result.theta for fit in fits])
        moved = 0.0 if rates is data.class_shares else prior_shift(data.class_shares, rates)
        theta[-1] += moved
        self.class_shares_, self.base_rate_ = data.class_shares, rates
        if np.abs(theta).max() < np.finfo(data.dtype).max:
            theta = theta.astype(data.dtype)
        self.__dict__.pop("feature_names_in_", None)
        vars(self).update(data.attributes | verdict_attributes(fits, data))
        self.coef_ = np.ascontiguousarray(theta[:-1].T)
        self.intercept_ = theta[-1].copy()
        self.centre_, self.centred_intercept_ = centred(fits, moved)
        self.positive_ = self.threshold_ = None
        self.n_iter_ = np.array([len(fit.result.trace) - 1 for fit in fits], np.int32)
        self.trace_ = one_or_each([fit.result.trace for fit in fits])
        outcomes = [fit.result.outcome for fit in fits]
        self.outcome_ = next((o for o in outcomes if not o.converged), outcomes[0])
        self.solver_ = fits[0].solver.name
        self.passes_ = sum(fit.passes for fit in fits)
        proofs = [fit.certificate for fit in fits]
        if theta.dtype != np.float64:
            rounded = unproved(f"the coefficients were rounded to {theta.dtype}; {VERIFY}")
            proofs = [rounded] * len(fits)
        self.certificate_ = one_or_each(proofs)
