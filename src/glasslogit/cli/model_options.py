"""The options of `glasslogit fit` that say what is fitted, to which rows, and how sure it is."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from glasslogit.cli.options import option
from glasslogit.solvers import NAMES

MODEL, ROWS, ERRORS = "Model", "Rows", "Standard errors"


class RuleChoice(StrEnum):
    """Which C is chosen by cross-validation."""

    best = "best"
    one_se = "one_se"


class WeightsChoice(StrEnum):
    """What the weight of a row means."""

    frequency = "frequency"
    sampling = "sampling"
    precision = "precision"


@dataclass(frozen=True)
class Fitting:
    """What is minimised, and how."""

    C: Annotated[
        float | None,
        option(MODEL, "--C", help="Smaller is a stronger penalty, inf is none; 1 if not given."),
    ] = None
    l1_ratio: Annotated[
        float, option(MODEL, help="Share of the L1 penalty: 0 is ridge, 1 is lasso.")
    ] = 0.0
    cv: Annotated[
        int | None,
        option(
            MODEL, metavar="FOLDS", min=2, help="Choose C by cross-validation with so many folds."
        ),
    ] = None
    cv_rule: Annotated[
        RuleChoice,
        option(
            MODEL,
            help="Take the C of the best score, or that of the strongest penalty within one "
            "standard error of it.",
        ),
    ] = RuleChoice.best
    standardise: Annotated[
        bool, option(MODEL, "--standardise", help="Penalise numbers in units of their deviation.")
    ] = False
    firth: Annotated[
        bool, option(MODEL, "--firth", help="Firth's penalised likelihood, for few events.")
    ] = False
    solver: Annotated[str, option(MODEL, help=f"auto, {', '.join(NAMES)}.")] = "auto"
    max_iter: Annotated[int, option(MODEL, min=1, help="Most steps of the solver.")] = 100

    @property
    def strength(self) -> float:
        """The C of a model that does not choose it."""
        return 1.0 if self.C is None else self.C


@dataclass(frozen=True)
class RowOptions:
    """Columns that are read beside X, and are no columns of it."""

    weights: Annotated[
        str | None, option(ROWS, metavar="COLUMN", help="The column with the weight of a row.")
    ] = None
    weights_are: Annotated[
        WeightsChoice,
        option(
            ROWS,
            help="A weight of 3 means: three equal rows; drawn with a chance of 1/3; a third of "
            "the variance.",
        ),
    ] = WeightsChoice.frequency
    trials: Annotated[
        str | None,
        option(
            ROWS, metavar="COLUMN", help="The number of trials of a row, whose events are --target."
        ),
    ] = None
    offset: Annotated[
        str | None,
        option(ROWS, metavar="COLUMN", help="The column that is added to the log-odds."),
    ] = None


@dataclass(frozen=True)
class ErrorOptions:
    """What the standard errors allow for."""

    robust: Annotated[
        bool, option(ERRORS, "--robust", help="Errors that do not trust the model (HC0).")
    ] = False
    cluster: Annotated[
        str | None,
        option(ERRORS, metavar="COLUMN", help="Rows that agree in this column may depend."),
    ] = None

    @property
    def covariance(self) -> Literal["auto", "robust", "cluster"]:
        """The covariance as `summarize` calls it."""
        return "cluster" if self.cluster is not None else "robust" if self.robust else "auto"
