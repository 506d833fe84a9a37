"""LogisticRegressionCV: C and l1_ratio chosen by how well rows that were held out are predicted.

Each fold is a path over its training rows. The folds share coordinates, the null model and its
Hessian, where all of them start; what a fold's Hessian learns, it carries from C to C.
"""

from collections.abc import Mapping
from dataclasses import replace
from math import inf
from numbers import Integral
from time import perf_counter
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import ArrayLike

from glasslogit.core import Floats
from glasslogit.errors import ConvergenceWarning, InputError, check_choice, check_number, warn
from glasslogit.evaluate import check_scoring
from glasslogit.model.data import Data
from glasslogit.model.design import Design, in_memory, split_target
from glasslogit.model.estimator import LogisticRegression
from glasslogit.model.parameters import check_seconds, check_settings
from glasslogit.model.prediction import Predictor, read_features
from glasslogit.model.problem import (
    fits_intercept,
    read_training_data,
    target_of,
    training_settings,
)
from glasslogit.model.scikit_learn_protocol import handing_on_callbacks, use_legacy_shapes
from glasslogit.model.selection.folds import Fold, read_scored_rows, share_out
from glasslogit.model.selection.path import given_Cs
from glasslogit.model.selection.routing import route, router_of
from glasslogit.model.selection.scores import (
    Grid,
    Scoring,
    best,
    read_l1_ratios,
    read_scoring,
    score_folds,
    score_model,
    search,
    with_theta,
)
from glasslogit.optimum import Limits
from glasslogit.solvers import Solver
from glasslogit.sources import one_blas_thread

if TYPE_CHECKING:
    from glasslogit.tables.encoding import TableEncoder

# The parameters that are those of a single fit.
SHARED = (
    *("solver", "tol", "fit_intercept", "class_weight", "multi_class", "max_iter"),
    *("penalty_factors", "random_state", "n_jobs", "verbose", "weights", "dual"),
    *("intercept_scaling", "encoder", "formula"),
)


class LogisticRegressionCV(Predictor):
    """Logistic regression with C and l1_ratio chosen by cross-validation.

    Parameters
    ----------
    Cs
        Values of C to try, also np.inf, or how many: then evenly in the logarithm from 1e-4 to 1e4.
        ``regularisation_path(X, y).Cs`` gives values that fit the data.
    l1_ratios
        Values of l1_ratio to try; None and ``"warn"`` are 0 alone.
    penalty
        As in `LogisticRegression`: ``"l2"`` and ``"l1"`` are an l1_ratio of 0 and of 1,
        ``"elasticnet"`` those of `l1_ratios`.
    cv
        The number of folds, as in scikit-learn: stratified and in row order; 5 for None. Or an
        object with a method ``split(X, y)``, or pairs of row numbers (train, test).
        Every fold must train on rows of every class. Rows of trials are dealt out in the order of
        their shares of events; the trials of a row stay together, since they depend on each other.
    scoring
        What is best: ``"neg_log_loss"``, ``"neg_brier_score"``, ``"accuracy"`` (also None),
        ``"balanced_accuracy"``, ``"roc_auc"``, ``"average_precision"``, ``"f1"``, the name of
        another of scikit-learn's scorers where that is installed, or a function of a fitted
        model, X and y whose result is larger for better models. ``"warn"`` is the default.
    rule
        ``"best"`` takes the best mean score over the folds; ``"one_se"`` the strongest penalty
        whose score is within one standard error of it, with the l1_ratio of the best (Breiman,
        Friedman, Olshen & Stone, "Classification and regression trees", 1984, section 3.4.3).
    refit
        Whether to fit all rows with what was chosen. Otherwise the coefficients, C and l1_ratio
        are means of those that are best in each fold.
    max_time
        Seconds for the fits of all folds.
    use_legacy_attributes
        Whether the attributes have the shapes of scikit-learn before 1.10, with an axis for
        `l1_ratios` only where some are given; ``"warn"`` is False.
    solver, tol, fit_intercept, class_weight, multi_class, penalty_factors, max_iter, n_jobs
        As in `LogisticRegression`, and so are `dual`, `intercept_scaling`, `random_state`,
        `verbose` and `weights`.
    encoder, formula
        As in `LogisticRegression`. A table is encoded once: what an encoding learns (levels,
        means, knots), it learns from all rows, not from those of each fold.

    Attributes
    ----------
    C_, l1_ratio_, Cs_, l1_ratios_
        What was chosen, and the values tried.
    scores_, n_iter_, coefs_paths_
        Scores and steps (folds, l1_ratios, Cs), and coefficients (folds, l1_ratios, Cs, K or 1,
        d and one for the intercept).
    converged_
        Which of these fits reached the tolerance, shaped like `scores_`.
    passes_
        How many times all rows, or those of a fold, were read.
    best_
        The `LogisticRegression` that predicts; a model file is made from it.

    Examples
    --------
    >>> X = [[0.0], [1.0], [2.0], [3.0], [4.0], [5.0], [6.0], [7.0]]
    >>> model = LogisticRegressionCV(Cs=[0.01, 1.0], cv=2).fit(X, [0, 0, 1, 0, 1, 0, 1, 1])
    >>> model.C_, model.scores_.shape
    (0.01, (2, 1, 2))

    """

    PASSED_ON: ClassVar = {"fit": ["groups"], "score": ["sample_weight"]}

    # What a single fit has as parameters and a search does not: the fits have these defaults.
    base_rate, warm_start, collinear, history = None, False, "minimum_norm", "values"
    findings, silence, callbacks = "auto", (), ()

    def __init__(  # noqa: PLR0913
        self,
        *,
        Cs: int | ArrayLike = 10,
        l1_ratios: ArrayLike | Literal["warn"] | None = None,
        fit_intercept: bool = True,
        cv: Any = None,
        dual: bool = False,
        penalty: str = "deprecated",
        scoring: Scoring = "neg_log_loss",
        rule: Literal["best", "one_se"] = "best",
        solver: Solver | str = "auto",
        tol: float = 1e-4,
        max_iter: int = 100,
        max_time: float | None = None,
        class_weight: Mapping[Any, float] | Literal["balanced"] | None = None,
        multi_class: Literal["multinomial", "ovr"] = "multinomial",
        penalty_factors: ArrayLike | Mapping[str, float] | None = None,
        refit: bool = True,
        intercept_scaling: float = 1,
        random_state: int | None = None,
        n_jobs: int | None = None,
        verbose: int = 0,
        weights: Literal["frequency", "sampling", "precision"] = "frequency",
        use_legacy_attributes: bool | Literal["warn"] = False,
        encoder: "TableEncoder | None" = None,
        formula: str | None = None,
    ) -> None:
        self.Cs = Cs
        self.l1_ratios = l1_ratios
        self.fit_intercept = fit_intercept
        self.cv = cv
        self.dual = dual
        self.penalty = penalty
        self.scoring = scoring
        self.rule = rule
        self.solver = solver
        self.tol = tol
        self.max_iter = max_iter
        self.max_time = max_time
        self.class_weight = class_weight
        self.multi_class = multi_class
        self.penalty_factors = penalty_factors
        self.refit = refit
        self.intercept_scaling = intercept_scaling
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.verbose = verbose
        self.weights = weights
        self.use_legacy_attributes = use_legacy_attributes
        self.encoder = encoder
        self.formula = formula

    def fit(
        self,
        X: Any,
        y: Any = None,
        sample_weight: ArrayLike | None = None,
        offset: ArrayLike | None = None,
        *,
        groups: ArrayLike | None = None,
        **params: Any,
    ) -> Self:
        """Choose C and l1_ratio on the folds and fit all rows with them; see `LogisticRegression`.

        Scores are weighted with `sample_weight`, and class weights are those of all rows.
        `groups` are given to the method ``split(X, y, groups=groups)`` of `cv`. Where
        scikit-learn's metadata routing is on, the requests of `scoring` and `cv` decide what of
        `sample_weight`, `groups` and the `params` each is given.
        """
        sample_weight = X.weight if isinstance(X, Design) else sample_weight
        params |= {"sample_weight": sample_weight, "groups": groups}
        metadata = route(self, "fit", params)
        plain = LogisticRegression(**{name: getattr(self, name) for name in SHARED})
        self.Cs_, self.l1_ratios_ = self._check(plain)
        data = read_training_data(plain, X, y, sample_weight, offset)
        folds, table = share_out(self.cv, data, metadata)
        scoring = read_scoring(self.scoring)
        if not (scoring is None or callable(scoring)):
            check_scoring(scoring, len(data.classes))
        plain.classes_ = data.classes
        plain.class_shares_ = plain.base_rate_ = data.class_shares
        with one_blas_thread():
            grid = self._search(plain, data, folds)
            self.scores_: Any = score_folds(scoring, grid, table, folds, plain)
        self.best_ = self._choose(plain, grid)
        vars(self.best_).update(data.attributes)
        if self.refit:
            with handing_on_callbacks(self, self.best_):
                self.best_.fit(X, y, sample_weight, offset)
        self._publish(grid)
        for missed in grid.missed():
            warn(missed, ConvergenceWarning)
        return self

    def _search(self, plain: LogisticRegression, data: Data, folds: list[Fold]) -> Grid:
        deadline = inf if self.max_time is None else perf_counter() + self.max_time
        asked = replace(training_settings(plain, data), tell=str)
        settings = [replace(asked, l1_ratio=ratio) for ratio in self.l1_ratios_.tolist()]
        limits = Limits(self.tol, self.max_iter, deadline)
        return search(data, settings, self.Cs_, folds, limits)

    def score(
        self,
        X: Any,
        y: Any = None,
        sample_weight: ArrayLike | None = None,
        offset: ArrayLike | None = None,
        **score_params: Any,
    ) -> float:
        """Give the score that `scoring` names, of these rows.

        Where scikit-learn's metadata routing is on, the scorer is given what it requests.
        """
        metadata = route(self, "score", {"sample_weight": sample_weight, **score_params}).score
        metadata = {name: in_memory(part) for name, part in metadata.items()}
        X, y = split_target(X, y, target_of(self))
        rows = read_features(self, X).X
        given = y, in_memory(sample_weight), in_memory(offset)
        table = read_scored_rows(rows, *given, metadata)
        scoring = read_scoring(self.scoring)
        table = table if self.encoder_ is None else table.of_table(X, scoring)
        return score_model(scoring, self, table)

    def get_metadata_routing(self) -> Any:
        """Give scikit-learn's `MetadataRouter`: `fit` hands metadata to `cv` and to the scorer."""
        return router_of(self, read_scoring(self.scoring))

    def _check(self, plain: LogisticRegression) -> tuple[Floats, Floats]:
        check_settings(plain)
        check_seconds(self.max_time)
        check_choice(self.refit, "refit", (True, False))
        check_choice(self.use_legacy_attributes, "use_legacy_attributes", (True, False, "warn"))
        check_choice(self.rule, "rule", ("best", "one_se"))
        if self.rule == "one_se" and not self.refit:
            raise InputError("rule='one_se' chooses one C for all folds; set refit=True")
        if isinstance(self.Cs, Integral):
            check_number(self.Cs, "Cs", "1 or greater", least=1, whole=True)
        Cs = np.logspace(-4, 4, self.Cs) if isinstance(self.Cs, Integral) else given_Cs(self.Cs)
        return Cs, read_l1_ratios(self.penalty, self.l1_ratios)

    def _choose(self, plain: LogisticRegression, grid: Grid) -> LogisticRegression:
        """Choose C and l1_ratio; give the model with the mean of the folds' coefficients."""
        cells = [best(self.scores_, self.Cs_, self.rule)]
        if not self.refit:
            cells = [best(scores[None], self.Cs_, "best") for scores in self.scores_]
        self.C_: Any = float(np.mean([self.Cs_[place] for _, place in cells]))
        self.l1_ratio_: Any = float(np.mean([self.l1_ratios_[ratio] for ratio, _ in cells]))
        each = cells * (len(self.scores_) // len(cells))  # one for all folds, or one for each
        thetas = [grid.thetas[fold, *cell] for fold, cell in enumerate(each)]
        model = with_theta(plain, np.mean(thetas, axis=0))
        return model.set_params(C=self.C_, l1_ratio=self.l1_ratio_, warm_start=True)

    def _publish(self, grid: Grid) -> None:
        """Show what `best_` learnt and what the folds found as attributes."""
        for name, value in vars(self.best_).items():
            if name.endswith("_"):
                setattr(self, name, value)
        thetas = grid.thetas
        paths = thetas if fits_intercept(self, self.encoder_) else thetas[..., :-1, :]
        self.coefs_paths_: Any = np.ascontiguousarray(paths.swapaxes(-1, -2))
        self.n_iter_, self.converged_ = grid.steps.astype(np.int32), grid.converged
        self.passes_ = grid.passes + (self.best_.passes_ if self.refit else 0)
        if self.use_legacy_attributes not in (False, "warn"):
            use_legacy_shapes(self)
