"""How a training run can end."""

from enum import Enum


class Outcome(Enum):
    """How a training run ended; the value is a sentence for the user, with the remedy."""

    CONVERGED = "reached the tolerance"
    PATIENCE = "stopped early: no better value within the patience; the best weights are kept"
    STOPPED = "stopped by a callback; let it run on, or take the fit as it is"
    INTERRUPTED = "interrupted from the keyboard; fit again to go on"
    MAX_STEPS = "did not reach the tolerance in the steps allowed; raise max_iter (or epochs)"
    OUT_OF_TIME = "did not reach the tolerance in the time allowed; raise max_time"
    STALLED = (
        "cannot get nearer to the optimum in floating point; loosen tol, or look for nearly "
        "dependent columns, and for offsets or weights of very different sizes"
    )
    DIVERGED = (
        "the loss ended above its start; lower the learning rate or rescale columns "
        "(standardise=True)"
    )
    SEPARATED = (
        "the classes are separated: without a penalty there is no finite optimum; set a "
        "finite C, or look for the column that gives the target away"
    )

    @property
    def converged(self) -> bool:
        """Tell whether the optimum was reached to the tolerance."""
        return self is Outcome.CONVERGED

    @property
    def deliberate(self) -> bool:
        """Tell whether the run ended as it was asked to."""
        return self in {Outcome.CONVERGED, Outcome.PATIENCE, Outcome.STOPPED}

    @property
    def happened(self) -> str:
        """Say what happened, without what to do."""
        return str(self.value).split("; ")[0]

    @property
    def remedy(self) -> str:
        """Say what happened and what to do."""
        return str(self.value)
