"""The classes among labels, their numbers, totals and factors."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import Floats
from glasslogit.errors import InputError, is_one_of, python_scalar, refused
from glasslogit.inputs.labels import are_shares, find_classes
from glasslogit.inputs.weights import refuse_weightless
from glasslogit.pages import listed

ClassWeight = Mapping[Any, float] | str | None
HEAD = 1000  # labels


def number_all(labels: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.integer]]:
    """Find the classes and number the labels; the first labels nearly always show all classes.

    >>> [part.tolist() for part in number_all(np.array([7, 3, 7]))]
    [[3, 7], [1, 0, 1]]
    """
    head = find_classes(labels[:HEAD])
    try:
        codes, strange = place_labels(labels, head)
        if not strange.any():
            return head, codes
    except TypeError:  # objects that cannot be compared: the next line says so
        pass
    classes = find_classes(labels)
    return classes, place_labels(labels, classes)[0]


def check_class(value: Any, name: str, classes: Iterable[Any]) -> None:
    """Refuse a label that is none of a model's classes.

    >>> check_class(2, "label", [0, 1])
    Traceback (most recent call last):
    glasslogit.errors.InputError: label=2 is no class of the model; its classes are 0, 1
    """
    known = [*classes]
    if not is_one_of(value, known):
        problem = refused(name, value, "is no class of the model")
        raise InputError(f"{problem}; its classes are {listed(map(repr, known))}")


def number_labels(labels: NDArray[Any], classes: NDArray[Any]) -> NDArray[np.integer]:
    """Give the number of each label's class; an unknown label is an error.

    >>> number_labels(np.array(["b", "a"]), np.array(["a", "b"])).tolist()
    [1, 0]
    """
    codes, strange = place_labels(labels, classes)
    if strange.any():
        label = labels[int(strange.argmax())]
        raise InputError(f"label {label!s} was not there when the batches were first read")
    return codes


def place_labels(
    labels: NDArray[Any], classes: NDArray[Any]
) -> tuple[NDArray[np.integer], NDArray[np.bool]]:
    """Give the number of each label's class, and whether the label is of no class.

    The numbers are of the smallest type that holds them: a byte a row, nearly always.
    """
    last = len(classes) - 1
    codes = np.minimum(np.searchsorted(classes, labels), last).astype(np.min_scalar_type(last))
    return codes, classes[codes] != labels


def class_factors(totals: Floats, classes: NDArray[Any], class_weight: ClassWeight) -> Floats:
    """Give the factor on the weights of each class (K,); `totals` are the weights it has.

    "balanced" gives every class the same total: S / (K · total).
    """
    if len(classes) < 2:
        raise InputError(
            f"y holds only one class, {classes[0]!s}; logistic regression needs two or more"
        )
    refuse_weightless(totals)
    factors = np.ones(len(classes))
    if class_weight == "balanced":
        share = totals.sum() / np.count_nonzero(totals)
        np.divide(share, totals, out=factors, where=totals > 0)
    elif isinstance(class_weight, Mapping):
        factors = given_factors(classes, class_weight)
    return factors


def refuse_absent(labels: NDArray[Any]) -> None:
    """Refuse classes whose rows all have weight 0, where they cannot be left out."""
    if labels.size:
        raise InputError(
            f"every row of class {labels[0]!s} has weight 0; "
            "give the class some weight or leave its rows out"
        )


def renumbered(codes: NDArray[Any], present: NDArray[np.bool]) -> NDArray[Any]:
    """Give the numbers among the classes that are there; those of others, of weight 0, are any.

    >>> renumbered(np.array([0, 1, 2]), np.array([True, False, True])).tolist()
    [0, 0, 1]
    """
    numbers = np.maximum(np.cumsum(present) - 1, 0)
    return numbers.astype(codes.dtype)[codes]


def given_factors(classes: NDArray[Any], class_weight: Mapping[Any, float]) -> Floats:
    """Put the factors that the user gave by label in the order of the classes."""
    factors = dict.fromkeys(classes.tolist(), 1.0)
    for label, factor in class_weight.items():
        if label not in factors:
            raise InputError(f"class_weight names {label!r}, which is not among the classes")
        plain = python_scalar(factor)
        if not isinstance(plain, (int, float)) or not 0 <= plain < np.inf:
            raise InputError(
                f"class_weight of {label!r} is {factor!r}; give a finite number, 0 or greater"
            )
        factors[label] = float(plain)
    return np.array(list(factors.values()))


def class_totals(codes: NDArray[Any], weight: Floats, K: int) -> Floats:
    """Give the weight of each class, (K,), from class numbers or shares of events.

    >>> class_totals(np.array([0.75, 0.0]), np.array([4.0, 2.0]), 2).tolist()
    [3.0, 3.0]
    """
    if are_shares(codes):
        return np.array([weight @ (1.0 - codes), weight @ codes])
    return np.bincount(codes, weight, K).astype(np.float64)


def apply_class_weight(
    codes: NDArray[Any], weight: Floats, factors: Floats
) -> tuple[NDArray[Any], Floats]:
    """Multiply the weight of each class by its factor; shares of events change with it.

    >>> share, weight = apply_class_weight(np.array([0.5]), np.array([2.0]), np.array([1.0, 3.0]))
    >>> share.tolist(), weight.tolist()
    ([0.75], [4.0])
    """
    if (factors == 1).all():
        return codes, weight
    if not are_shares(codes):
        return codes, weight * factors[codes]
    others, events = weight * (1.0 - codes) * factors[0], weight * codes * factors[1]
    total = others + events
    return events / np.where(total > 0, total, 1.0), total


def count_observations(totals: Floats, weight: Floats, weights: str) -> float:
    """Say how many observations the rows are, by what their weights mean.

    "frequency": Σ sᵢ, and no fewer than the rows of positive weight, so that weights scaled to
    a sum of 1 do not loosen the tolerance. "sampling" and "precision": those rows.

    >>> [count_observations(np.array([3.0, 2.0]), np.array([3.0, 2.0, 0.0]), w)
    ...  for w in ("frequency", "sampling")]
    [5.0, 2.0]
    """
    rows = float(np.count_nonzero(weight))
    return max(float(totals.sum()), rows) if weights == "frequency" else rows
