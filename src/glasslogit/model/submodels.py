"""The models that make up a classifier: one of all classes, or with one-vs-rest one for each."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import Binomial, Labels, Loss, Multinomial
from glasslogit.errors import visible
from glasslogit.inputs import are_shares, free_name


@dataclass(frozen=True)
class Submodel:
    """One of the models that make up a classifier, each with columns of θ of its own.

    There is one, of all classes, or with one-vs-rest one for each class k against the others.
    """

    loss: Loss
    columns: slice  # of θ (d+1, c), and of the offsets (n, c)
    labels: tuple[str, ...]  # of the classes it tells apart
    k: int | None = None  # the class that is its event; None if there are more than two
    title: str = "fit"
    which: str = ""  # what a message adds to tell it from the others

    @property
    def margins(self) -> int:
        """The number of its margins."""
        return int(self.columns.stop - self.columns.start)


def loss_of(K: int) -> Loss:
    """Give the loss of K classes at once: a binomial for two, a softmax for more."""
    return Binomial() if K == 2 else Multinomial()


def submodels_of(classes: NDArray[Any], multi_class: str) -> list[Submodel]:
    """List the models that make up a classifier.

    >>> [part.labels for part in submodels_of(np.array([1, 2, 3]), "ovr")]
    [('the rest', '1'), ('the rest', '2'), ('the rest', '3')]
    """
    names, K = tuple(map(str, classes.tolist())), len(classes)
    if K == 2:
        return [Submodel(Binomial(), slice(0, 1), names, 1)]
    if multi_class == "multinomial" or K == 1:
        return [Submodel(Multinomial(), slice(0, K), names)]
    others = free_name("the rest", names)
    return [
        Submodel(
            loss=Binomial(),
            columns=slice(k, k + 1),
            labels=(others, name),
            k=k,
            title=f"fit {visible(name)}",
            which=f" for class {visible(name)} against {visible(others)}",
        )
        for k, name in enumerate(names)
    ]


def targets(codes: NDArray[np.integer], k: int | None) -> Labels:
    """Give the labels a model is trained on: all class numbers, or class k against the rest.

    Shares of events stay as they are.
    """
    return codes if k is None or are_shares(codes) else (codes == k).astype(np.float64)
