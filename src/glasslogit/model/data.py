"""From what the user gave to sources: classes found, labels numbered, weights multiplied."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from glasslogit.core import Floats, Source
from glasslogit.errors import InputError
from glasslogit.inputs import (
    EVENT,
    LARGEST_SQUARABLE,
    ClassWeight,
    ColumnLabels,
    Features,
    LazyLabels,
    Target,
    apply_class_weight,
    are_shares,
    check_features,
    check_offset,
    check_places,
    class_factors,
    class_totals,
    count_observations,
    default_names,
    find_classes,
    holds_fractions,
    label_array,
    most_trials,
    names_of,
    number_all,
    number_labels,
    read_part_target,
    read_target,
    refuse_absent,
    refuse_few_trials,
    refuse_two_targets,
    renumbered,
)
from glasslogit.model.design import Design, array_attributes, encoder_attributes
from glasslogit.model.submodels import Submodel, submodels_of, targets
from glasslogit.pages import how_many
from glasslogit.sources import ArraySource, Batch, BatchSource

Read = Callable[[], Iterable[Batch]]


@dataclass(frozen=True)
class DataSettings:
    """How labels and weights are read: the parameters of a model that say so."""

    class_weight: ClassWeight = None
    multi_class: str = "multinomial"
    weights: str = "frequency"
    threads: int = 1


@dataclass(frozen=True, eq=False)
class Data:
    """What is known of the data, and how to make a source to train each submodel on.

    Batches have no `design`.
    """

    design: Design | None
    submodels: Sequence[Submodel]
    source_of: Callable[[Submodel], Source]
    classes: NDArray[Any]
    features: int
    labels: ColumnLabels
    dtype: DTypeLike
    observations: float
    totals: Floats  # (K,) the weight of each class, as given
    factors: Floats  # (K,) what class_weight makes of it
    absent: NDArray[Any]  # the labels of y whose rows all have weight 0: no classes of the model
    weights: str  # what the weights mean

    @property
    def encoder(self) -> Any:
        """The fitted encoder through which a table became X, or None."""
        return None if self.design is None else self.design.encoder

    @property
    def names(self) -> tuple[str, ...] | None:
        """The names of the columns of X, None where nobody named them."""
        return names_of(self.labels)

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns of X; x0, x1, … where they have none."""
        return self.names or default_names(self.features)

    @property
    def attributes(self) -> dict[str, Any]:
        """The attributes of a model that the data tell before any training."""
        columns = (
            array_attributes(self.labels, self.features)
            if self.encoder is None
            else encoder_attributes(self.encoder)
        )
        uses_offset = self.design is not None and self.design.has_offset
        target = None if self.design is None else self.design.target
        known = {"classes_": self.classes, "uses_offset_": uses_offset, "target_": target}
        return {**known, "training_": None, **columns}

    def refuse_single(self) -> None:
        """Refuse rows of which one class alone has weight, where classes are to be compared."""
        if len(self.classes) < 2:
            refuse_absent(self.absent)

    @property
    def counted(self) -> bool:
        """Tell whether the weights count rows, as a likelihood takes them."""
        if self.weights != "frequency" or self.design is None:
            return False
        y, weight = label_array(self.design.y), self.design.weight
        target = read_target(y, weight, len(y))
        labels = target.y if are_shares(target.y) else np.zeros(len(y), np.intp)
        return not holds_fractions(Target(labels, target.weight), np.ones(2))

    @cached_property
    def given_shares(self) -> Floats:
        """The share of each class in the rows as given, (K,)."""
        return self.totals / self.totals.sum()

    @cached_property
    def class_shares(self) -> Floats:
        """The share of each class as the model is trained on it, with class_weight, (K,)."""
        weighted = self.totals * self.factors
        return weighted / weighted.sum()


@dataclass(frozen=True, eq=False)
class SourceOfArrays:
    """Makes the source over arrays for a submodel."""

    X: Any
    codes: NDArray[Any]
    weight: Floats
    offset: Floats  # (n, c)
    threads: int

    def __call__(self, part: Submodel) -> Source:
        """Make the source."""
        y, offset = targets(self.codes, part.k), self.offset[:, part.columns]
        return ArraySource(self.X, y, self.weight, offset, threads=self.threads)


def read_arrays(design: Design, settings: DataSettings) -> Data:
    """Check arrays and make sources of them; X is not copied."""
    X, labels = check_features(design.X, largest=LARGEST_SQUARABLE)
    n, d = X.shape
    coded = isinstance(design.y, LazyLabels)
    y = design.y.codes if coded else label_array(design.y)
    refuse_two_targets(y)
    target, weight = read_target(y, design.weight, n)
    classes, codes = (EVENT, target) if are_shares(target) else number_all(target)
    classes = design.y.classes[classes] if coded else classes
    totals = class_totals(codes, weight, len(classes))
    observations = count_observations(totals, weight, settings.weights)
    factors = class_factors(totals, classes, settings.class_weight)
    codes, weight = apply_class_weight(codes, weight, factors)
    present, absent = totals * factors > 0, classes[:0]
    if not present.all():
        if are_shares(target) or not present.any():
            refuse_absent(classes[totals * factors == 0])
        codes, absent, classes = renumbered(codes, present), classes[~present], classes[present]
    parts = submodels_of(classes, settings.multi_class)
    offset = check_offset(design.offset, n, parts[-1].columns.stop)
    source_of = SourceOfArrays(X, codes, weight, offset, settings.threads)
    known = observations, totals[present], factors[present], absent, settings.weights
    return Data(design, parts, source_of, classes, d, labels, float_type(X), *known)


@dataclass(frozen=True, eq=False)
class CodedBatches:
    """Batches for a submodel, with classes as numbers and weights times `factors`.

    The numbers are those among the classes that are `present`, with weight.
    """

    read: Read
    classes: NDArray[Any]
    factors: Floats  # (K,)
    present: NDArray[np.bool]  # (K,)
    part: Submodel

    def __call__(self) -> Iterator[Batch]:
        """Read the batches afresh."""
        for (X, _), labels, given in checked(self.read):
            numbered = labels if are_shares(labels) else number_labels(labels, self.classes)
            codes, weight = apply_class_weight(numbered, given, self.factors)
            codes = codes if self.present.all() else renumbered(codes, self.present)
            offset = check_offset(None, len(codes), self.part.margins)
            yield X, targets(codes, self.part.k), weight, offset


@dataclass(frozen=True, eq=False)
class SourceOfBatches:
    """Makes the source over batches for a submodel."""

    read: Read
    classes: NDArray[Any]
    factors: Floats  # (K,)
    present: NDArray[np.bool]  # (K,)

    def __call__(self, part: Submodel) -> Source:
        """Make the source."""
        return BatchSource(CodedBatches(self.read, self.classes, self.factors, self.present, part))


def read_batches(read: Read, settings: DataSettings) -> Data:
    """Read batches once to learn the classes, and make sources that read them again."""
    by_label: dict[Any, float] = {}
    observations, shares = 0.0, False
    for features, labels, weight in checked(read):  # noqa: B007  the columns are read off the last
        shares |= are_shares(labels)
        found = EVENT if are_shares(labels) else np.unique(labels)
        codes = labels if are_shares(labels) else np.searchsorted(found, labels)
        counts = class_totals(codes, weight, len(found))
        observations += count_observations(counts, weight, settings.weights)
        for label, count in zip(found.tolist(), counts.tolist(), strict=True):
            by_label[label] = by_label.get(label, 0.0) + count
    if shares and not {*by_label} <= {0, 1}:
        raise InputError("some batches hold shares of events, others labels; give one of them")
    classes = EVENT if shares else find_classes(np.array(list(by_label)))
    totals = np.array([by_label[label] for label in classes.tolist()])
    factors = class_factors(totals, classes, settings.class_weight)
    present = totals * factors > 0
    if shares or not present.any():
        refuse_absent(classes[~present])
    parts = submodels_of(classes[present], settings.multi_class)
    source_of = SourceOfBatches(read, classes, factors, present)
    (X, columns), absent = features, classes[~present]
    known = totals[present], factors[present], absent, settings.weights
    about = X.shape[1], columns, float_type(X), observations
    return Data(None, parts, source_of, classes[present], *about, *known)


def checked(read: Read) -> Iterator[tuple[Features, NDArray[Any], Floats]]:
    """Check batches as they come; a message names the batch."""
    first: Features | None = None
    most = 0.0
    for count, batch in enumerate(given_batches(read)):
        if not isinstance(batch, tuple) or len(batch) not in (2, 3):
            raise InputError(f"batch {count} is not (X, y) or (X, y, sample_weight)")
        X, y, *weight = batch
        try:
            features = check_features(X, largest=LARGEST_SQUARABLE)
            n, most = features.X.shape[0], max(most, most_trials(y) or 0.0)
            labels, checked_weight = read_part_target(y, weight[0] if weight else None, n)
        except InputError as error:
            raise InputError(f"batch {count}: {error}") from None
        first = first or features
        check_same_columns(features, first, count)
        yield features, labels, checked_weight
    refuse_few_trials(most)
    if first is None:
        raise InputError("the function gave no batches; it must yield (X, y) afresh at each call")


def given_batches(read: Read) -> Iterator[Batch]:
    """Call the function that the user gave for its batches.

    >>> given_batches(lambda: 3)
    Traceback (most recent call last):
    glasslogit.errors.InputError: the function gave an object of type int; it must yield (X, y)
    """
    batches = read()
    if not isinstance(batches, Iterable):
        kind = type(batches).__name__
        raise InputError(f"the function gave an object of type {kind}; it must yield (X, y)")
    return iter(batches)


def check_same_columns(features: Features, first: Features, count: int) -> None:
    """Refuse a batch whose columns are not those of the first."""
    d, columns = features.X.shape[1], first.X.shape[1]
    if d != columns:
        raise InputError(f"batch {count}: X has {how_many(d, 'column')} but batch 0 had {columns}")
    try:
        check_places(features.labels, d, first.names)
    except InputError:
        text = f"batch {count}: the column names differ from those of batch 0"
        raise InputError(text) from None


def float_type(X: Any) -> DTypeLike:
    """Give float32 for float32 features, else float64: the type of the coefficients."""
    return np.float32 if X.dtype == np.float32 else np.float64
