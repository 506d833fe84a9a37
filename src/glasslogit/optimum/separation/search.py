"""The search for a direction that separates: linear programmes on a few rows, checked on all.

A programme over some contrasts proves overlap for all, or gives a direction; a pass asks all
rows about it, and those most against it join the programme, until none objects. The contrasts
that a direction leaves level are then asked by themselves, in case another puts these ahead.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

import numpy as np

from glasslogit.core import Block, Floats, Loss, Pass, Source
from glasslogit.optimum.separation.inequalities import (
    ZERO,
    CheckDirection,
    DirectionCheck,
    counted,
    margins_of,
)
from glasslogit.optimum.separation.linear_programmes import (
    LP_TOLERANCE,
    REWEIGHTED,
    Flags,
    RoundingError,
    UndecidedError,
    projected,
    separating,
    sparsest,
    steepest,
    unit,
)
from glasslogit.optimum.separation.overlap import ScaledBasis
from glasslogit.pages import in_fractions

ROUNDS = 40  # of a programme and a pass
MOST_DIRECTIONS = 20  # of directions, each among what the ones before leave level
ALL_CONTRASTS = 2000  # for one programme, of few rows
FEW_CONTRASTS = 200  # for one programme, of many rows: those most against
NEGLIGIBLE = 1e-7  # of the largest coefficient: a smaller one is the programme's tolerance
INTERCEPT_COST = 1e-3  # the cost of the intercept beside that of a column
PROJECTED = 300  # coefficients of several classes up to which the direction is a projection
MOST_WORK = 3e8  # m²·q of all programmes with m contrasts and q unknowns: some two seconds
ENTRY, BASIS = 1.0, 1 / 200  # what a pass costs in that unit for each entry of X, and by r


class SeparatingDirections(NamedTuple):
    """A direction (d+1, c) that separates, what the rows say to it, and the steepest one."""

    direction: Floats
    steepest: Floats
    complete: bool
    rows: Floats  # the contrasts that the programmes needed, (m, r·c), and the sum of all
    total: Floats


@dataclass(eq=False)
class Work:
    """What the passes and programmes of a search have cost so far."""

    done: float = 0.0

    def add_pass(self, entries: float, r: int) -> None:
        """Count a pass over so many entries of X that puts the worst rows in a basis (d+1, r)."""
        self.done += entries * (ENTRY + BASIS * r)

    def add_programme(self, rows: Floats, times: int = 1) -> None:
        """Count a programme over some contrasts (m, q), or refuse it: undecided rather than late.

        The simplex method takes some m steps of m·q operations.
        """
        m, q = rows.shape
        self.done += times * float(m) * m * q
        if self.done > MOST_WORK:
            raise UndecidedError("so many rows and columns would take too long")


@dataclass(frozen=True, eq=False)
class Search:
    """The rows, and the basis (d+1, r) of the directions that may separate them."""

    source: Source
    loss: Loss
    basis: Floats
    c: int
    many: bool  # more rows than a programme should have
    entries: float  # of X, as stored
    work: Work = field(default_factory=Work)

    def check(self, direction: Floats, settled: Sequence[Floats] = ()) -> DirectionCheck:
        """Ask all rows about a direction; one pass."""
        most = max(FEW_CONTRASTS, 4 * self.basis.shape[1] * self.c) if self.many else ALL_CONTRASTS
        self.work.add_pass(self.entries * self.c, self.basis.shape[1])
        return self.source.sum(CheckDirection(self.loss, direction, self.basis, settled, most))

    def counts(self, direction: Floats) -> DirectionCheck:
        """Ask all rows about a direction, only how many object and follow; one pass."""
        nowhere = self.basis[:, :0]
        return self.source.sum(CheckDirection(self.loss, direction, nowhere, (), 1))

    @property
    def used(self) -> Flags:
        """Tell which entries of v count: those of the last class not where a shift is nothing."""
        used = np.ones((self.basis.shape[1], self.c), bool)
        used[:, -1] = not self.loss.redundant
        return used.ravel()

    def theta(self, v: Floats) -> Floats:
        """Give the direction (d+1, c) of a programme's v (r·c,), without what is rounding in v."""
        v = np.where(np.abs(v) > LP_TOLERANCE * np.abs(v).max(), v, 0.0)
        return self.basis @ v.reshape(-1, self.c)

    def total(self, check: DirectionCheck) -> Floats:
        """Give the sum of the open contrasts in the basis, (r·c,)."""
        return (self.basis.T @ check.total).ravel()

    def separating(
        self, check: DirectionCheck, settled: list[Floats]
    ) -> tuple[Floats, DirectionCheck] | None:
        """Find a direction to which no open contrast objects and that some follow; or None."""
        rows, total = check.rows, self.total(check)
        for _ in range(ROUNDS):
            rows = unit(rows)
            self.work.add_programme(rows)
            v = separating(rows, total, self.used)
            if v is None:
                return None
            direction = self.theta(v)
            check = self.check(direction, settled)
            if not check.against:
                if not check.ahead:
                    raise RoundingError("margins that rounding hides")
                return direction, replace_rows(check, rows)
            rows = np.concatenate([rows, check.rows[check.margin < -ZERO]])
        raise RoundingError(f"no answer in {ROUNDS} rounds")

    def find(self, theta: Floats) -> SeparatingDirections | None:
        """Find the directions that separate; begin with the rows that are worst along θ."""
        settled, check = list[Floats](), self.check(theta)
        everything, rows = self.total(check), check.rows
        if not (check.against or check.level):
            best = self.checked(partial(self.steepest, everything), rows, theta)
            return SeparatingDirections(theta, best, True, rows, everything)
        while len(settled) < MOST_DIRECTIONS:
            try:
                found = self.separating(check, settled)
            except UndecidedError:
                if not settled:
                    raise
                break
            if found is None:
                break
            direction, check = found
            settled.append(direction)
            rows = np.concatenate([rows, check.rows])
            if not check.level:
                break
            check = self.check(0.0 * direction, settled)
        if not settled:
            return None
        whole = self.joined(settled)
        best = self.checked(partial(self.steepest, everything), rows, whole)
        return SeparatingDirections(whole, best, not check.level, rows, everything)

    def steepest(self, total: Floats, rows: Floats) -> Floats:
        """Give the v that raises the contrasts most: in the unit box, of several classes the ball.

        Of several classes it is then the same whatever their names and order.
        """
        q = self.basis.shape[1] * self.c
        if self.loss.redundant and q <= PROJECTED:
            return projected(rows, total)
        return steepest(rows, total, np.ones(q, bool))

    def joined(self, settled: list[Floats]) -> Floats:
        """Join directions, each among what those before it leave level, to one."""
        whole = settled[0]
        for direction in settled[1:]:
            whole = whole * (1.0 + 2.0 * self.source.sum(Setback(self.loss, whole, direction)).most)
            whole = whole + direction
        return whole

    def checked(
        self, programme: "partial[Floats]", rows: Floats, fallback: Floats, times: int = 1
    ) -> Floats:
        """Solve a programme over all contrasts, by a few of them; else give the fallback.

        It is so many programmes of that size.
        """
        for _ in range(ROUNDS):
            rows = unit(rows)
            try:
                self.work.add_programme(rows, times)
                direction = self.theta(programme(rows))
            except UndecidedError:
                return fallback
            check = self.check(direction)
            if not check.against:
                return direction if check.ahead else fallback
            rows = np.concatenate([rows, check.rows[check.margin < -ZERO]])
        return fallback

    def sparsest(self, found: SeparatingDirections) -> Floats:
        """Give a direction of few columns that separates, in fractions if it can be.

        Where all rows can be put ahead it does so, by half of what the way there does at least.
        """
        size = np.abs(self.basis).max(axis=1, keepdims=True)
        size = np.where(size > 0, size, 1.0)  # or columns of large numbers would count as nothing
        v = np.linalg.lstsq(self.basis / size, found.direction / size, rcond=None)[0].ravel()
        gain = found.total / (found.total @ v)
        cost = np.where(np.any(self.basis[:-1], axis=0), 1.0, INTERCEPT_COST).repeat(self.c)
        least = float((unit(found.rows) @ v).min()) / 2 if found.complete else 0.0
        programme = partial(sparsest, gain=gain, cost=cost, least=max(least, 0.0))
        few = self.checked(programme, found.rows, found.direction, REWEIGHTED)
        for candidate in (few, found.direction):
            for direction in (readable(candidate), candidate):
                check = self.counts(direction)
                if check.ahead and not check.against and not (found.complete and check.level):
                    return direction
        return found.direction


def replace_rows(check: DirectionCheck, rows: Floats) -> DirectionCheck:
    """Put the rows of the programmes before those of the last pass."""
    return check._replace(rows=np.concatenate([rows, check.rows]))


def readable(direction: Floats) -> Floats:
    """Scale the largest coefficient to 1, drop what is negligible, round to small fractions.

    >>> readable(np.array([[2.0], [1e-12], [-0.66666667]])).round(3).ravel().tolist()
    [1.0, 0.0, -0.333]
    """
    sizes = np.abs(direction[:-1])
    scaled = direction / (sizes.max() or 1.0)
    scaled = np.where(np.abs(scaled) > NEGLIGIBLE, scaled, 0.0)
    return in_fractions(scaled, NEGLIGIBLE)


class LargestSetback(NamedTuple):
    """Answer of `Setback`."""

    most: float


@dataclass(frozen=True, eq=False)
class Setback(Pass[LargestSetback]):
    """How far, at most, a direction sets back what another puts ahead, by its lead there."""

    loss: Loss
    leading: Floats
    direction: Floats

    def __call__(self, block: Block) -> LargestSetback:
        """See `Pass`."""
        block, _ = counted(block)
        ahead = margins_of(self.loss, block, self.leading) > ZERO
        signed = self.loss.signed_margins
        lead = signed(block.product(self.leading), block.y)[ahead]
        change = signed(block.product(self.direction), block.y)[ahead]
        return LargestSetback(float((-change / lead).max(initial=0.0)))

    def merge(self, one: LargestSetback, other: LargestSetback) -> LargestSetback:
        """See `Pass.merge`: the larger."""
        return LargestSetback(max(one.most, other.most))


def against_first(direction: Floats) -> Floats:
    """Give the coefficients of a softmax less those of the first class; of two classes as is."""
    return direction - direction[:, :1] if direction.shape[1] > 1 else direction


def infinite_coefficients(direction: Floats, columns: ScaledBasis) -> Floats:
    """Give ±inf where a direction has a coefficient, by the scale of its column, and 0 elsewhere.

    Of a softmax, to which a shift of all classes is nothing, it is that against the first class.
    """
    direction = against_first(direction)
    size = np.zeros(len(direction))
    places = np.flatnonzero(columns.which < len(direction) - 1)
    where = columns.which[places]
    size[where] = 1.0 / columns.basis[where, places]
    scaled = direction * size[:, None]
    scaled[-1] = direction[-1]
    counts = np.abs(scaled) > NEGLIGIBLE * np.abs(scaled).max()
    return np.where(counts, np.copysign(np.inf, direction), 0.0)
