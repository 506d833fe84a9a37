"""What the data say of an optimum before any step towards it is made."""

from glasslogit.core import Loss, Source
from glasslogit.optimum.separation import Verdict, judge_alone
from glasslogit.optimum.start import nearer, null_theta
from glasslogit.optimum.train import Settings, make_objective


def separated_alone(source: Source, loss: Loss, settings: Settings) -> Verdict | None:
    """Tell what columns that separate alone prove; see `judge_alone`."""
    source, moments = nearer(source, loss, intercept=settings.fit_intercept)
    objective, _ = make_objective(source, loss, moments, settings)
    return judge_alone(objective, null_theta(loss, moments))
