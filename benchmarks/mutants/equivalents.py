"""Mutants that do the same as the source, each with the reason."""

# ruff: noqa: E501  lines of the source stand here as they are

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sites import Mutant

Key = tuple[str, str, str]  # path, the source, the mutant: white space does not count
AS_LONG = "both parts are made of the same things, so they are as long, and `strict` finds nothing"
NOT_STRICT = "`strict` is False where it is not given; ruff wants it said"
BOOLEANS = "of truths, + is `or` and * is `and`"
NEVER_NEGATIVE = "a weight, a count, a size, a penalty and a remainder are never below 0"
NEVER_BOTH = "the two are never true together"
LONG = "LONG = 40 # entries of a row from which on a loop along rows beats one along columns, or BLAS's"
CLUSTER_TILE = "CLUSTER_TILE = 64 # rows whose clusters are summed together"
ONLY_SPEED = "how much is done at a time changes the time that it takes and no result"


def as_long(path: str, *lines: str) -> Iterator[Key]:
    """Give the two mutants of each line with a `strict=True` that finds nothing."""
    for line in lines:
        yield path, line, line.replace(" strict=True", "")
        yield path, line, line.replace("strict=True", "strict=False")


def turned(path: str, old: str, new: str, *lines: str) -> Iterator[Key]:
    """Give the mutant of each line in which one sign, which stands there once, is another."""
    for line in lines:
        if line.count(old) != 1:
            raise ValueError(f"{old!r} does not stand once in {line!r}")
        yield path, line, line.replace(old, new)


def the_length_left(path: str, *lines: str) -> Iterator[Key]:
    """Give the mutants of each line that reshapes in which the length to find is another below 0."""
    for other in ("- 2", "~1"):
        yield from turned(path, "-1", other, *lines)


def because(reason: str, *keys: Iterable[Key]) -> dict[Key, str]:
    """Give each of the mutants the reason."""
    return {key: reason for some in keys for key in some}


# And why no test can tell them apart.
EQUIVALENT: dict[Key, str] = {}
EQUIVALENT |= because(
    AS_LONG,
    as_long(
        "core/passes.py",
        "return type(one)(*(a + b for a, b in zip(one, other, strict=True)))",
    ),
    as_long(
        "core/block.py",
        "y, weight, offset = zip(*((part.y, part.weight, part.offset) for part in parts), strict=True)",
    ),
    as_long(
        "solvers/trace.py",
        "columns = list(zip(*self.rows, strict=True)) or [()] * 6",
    ),
    as_long(
        "solvers/lbfgs.py",
        "for pair, share in zip(pairs, reversed(shares), strict=True):",
    ),
    as_long(
        "trust/diagnose.py",
        'f"{names[j]} by {row[j]:+.2f} SE" for j, row in zip(most, self.top.dfbetas, strict=True)',
        "inflation = sorted(zip(self.variance_inflation.tolist(), self.names, strict=True))",
        "columns = zip(*(part.rows for part in parts), strict=True)",
    ),
    as_long(
        "trust/compare.py",
        "return sum(part.total(each) for part, each in zip(parts, columns, strict=True))",
    ),
    as_long(
        "trust/firth/intercepts.py",
        "z, y, weight = (np.concatenate(part) for part in zip(*rows, strict=True))",
    ),
    as_long(
        "trust/inference/paired.py",
        "above, below = (new - old for new, old in zip(*both, strict=True))",
        "float(seen.weight[:, k] @ flag / total) for flag, total in zip(flags, totals, strict=True)",
        "for flag, share, total in zip(flags, shares, totals, strict=True)",
    ),
    as_long(
        "trust/inference/evidence.py",
        "pairs: list[Any] = list(zip(one, other, strict=True))",
    ),
    as_long(
        "trust/inference/effects.py",
        "gone = listed(name for name, is_it in zip(names, lost, strict=True) if is_it)",
    ),
    as_long(
        "trust/inference/paired_facts.py",
        "for name, rows in zip(SIDES, (new, old), strict=True):",
        "for name, p in zip(SIDES, judged.p, strict=True):",
    ),
    as_long(
        "trust/inference/variables.py",
        "weight, given = (np.concatenate(part) for part in zip(*parts, strict=True))",
    ),
    as_long(
        "trust/inference/sandwich.py",
        "pairs = zip(*np.triu_indices(r.shape[1]), strict=True)",
    ),
    as_long(
        "trust/inference/notes.py",
        'named = [f"{t}{e}" for t, e in zip(known.terms, where, strict=True)]',
        "[n for n, is_it in zip(named, kind, strict=True) if is_it] for kind in kinds",
    ),
    as_long(
        "trust/inference/summarize.py",
        "return dict(zip(LIKELIHOODS, found, strict=True))",
    ),
    as_long(
        "trust/inference/paired_evaluation.py",
        "for name, model_side, p in zip(SIDES, (new, old), proba, strict=True):",
    ),
    as_long(
        "trust/inference/nested.py",
        "return Observed(*(np.concatenate(part) for part in zip(*parts, strict=True)))",
        'for what, mine, theirs in zip(("outcomes", "weights", "offsets"), one, other, strict=True):',
    ),
    as_long(
        "inputs/two_targets.py",
        "for low, high, column in zip(least, most, (counts, counts[:, ::-1]), strict=True):",
    ),
    as_long(
        "tables/values.py",
        "levels = zip(wrong.tolist(), numbers[wrong].tolist(), is_number[wrong].tolist(), strict=True)",
    ),
    as_long(
        "tables/layout.py",
        "return place if ended or (shorter and any(map(_all_numbers, zip(*below, strict=True)))) else 0",
    ),
    as_long(
        "tables/frames.py",
        "for row, kind in zip(present, kinds, strict=True):",
    ),
    as_long(
        "tables/inspect.py",
        "names, numeric = zip(*columns, strict=True)",
    ),
    as_long(
        "tables/formatted.py",
        "pairs = zip(column.levels, column.missing.tolist(), strict=True)",
    ),
    as_long("tables/reading.py", "pairs = zip(layout.names, columns, strict=True)"),
    as_long(
        "tables/careful.py",
        "pairs = zip(layout.names, columns, strict=True)",
        "for column, field in zip(columns, row, strict=True):",
    ),
    as_long(
        "tables/encoding/expansion.py",
        "return Size(*map(sum, zip(self, other, strict=True)))",
    ),
    as_long(
        "tables/encoding/vary.py",
        "for (place, count), (upward, other) in zip(INSIDE, UPWARD, strict=True):",
    ),
    as_long(
        "tables/pieces.py",
        "by_place = dict(zip(sorted(places), frame.get_columns(), strict=True))",
    ),
    as_long(
        "tables/labels.py",
        "present = [level for level, there in zip(column.levels, known, strict=True) if there]",
        "for level, number in zip(present, numbers, strict=True):",
    ),
    as_long(
        "inputs/frames.py",
        "for name, kind in zip(names, kinds, strict=True):",
    ),
    as_long(
        "inputs/arrays.py",
        'for count, what in zip(array.shape, ("sample", "feature"), strict=True):',
    ),
    as_long(
        "inputs/column_labels.py",
        "for j, (here, there) in enumerate(zip(new, old, strict=True)):",
    ),
)
EQUIVALENT |= because(
    NOT_STRICT,
    turned(
        "tables/pieces.py",
        " strict=False",
        "",
        "for start, stop in zip(self.cuts, self.cuts[1:], strict=False):",
    ),
    turned(
        "tables/encoding/expressions.py",
        " strict=False",
        "",
        "pairs = list(zip(known, call.args[1:], strict=False))",
    ),
    turned(
        "inputs/arrays.py",
        " strict=False",
        "",
        'f"{axis} {at}" for axis, at in zip(("row", "column"), places, strict=False)',
    ),
)
EQUIVALENT |= because(
    BOOLEANS,
    turned(
        "tables/labels.py",
        " | ",
        " + ",
        "if missing.all() or not (is_number | missing).all():",
    ),
    turned(
        "inputs/arrays.py",
        " | ",
        " + ",
        "row, j = (int(index[0]) for index in ((X > LARGEST_EXACT) | (X < -LARGEST_EXACT)).nonzero())",
    ),
    turned(
        "inputs/weights.py",
        " | ",
        " + ",
        "bad = ~np.isfinite(weight) | (weight < 0)",
        "bad = ~np.isfinite(array) | (array < 0)",
    ),
    turned(
        "tables/level_findings.py",
        " | ",
        " + ",
        "far = (odds > FURTHER) | (odds < 1.0 / FURTHER)",
    ),
    turned(
        "inputs/labels.py",
        " | ",
        " + ",
        "return np.strings.isspace(labels) | (np.strings.str_len(labels) == 0)",
    ),
    turned(
        "inputs/two_targets.py",
        " | ",
        " + ",
        "flags = ((array == 0) | (array == 1)).all(axis=0)",
    ),
    turned(
        "tables/column_types.py",
        " | ",
        " + ",
        "if written.any() and mostly(column, written | plain):",
    ),
    turned(
        "tables/inspect.py",
        " & ",
        " * ",
        'if levels.dtype.kind == "f" and not (np.isfinite(levels) & (levels % 1 == 0)).all():',
    ),
    turned(
        "tables/level_findings.py",
        " & ",
        " * ",
        "and not (far & (np.abs(stay - every) > BEYOND_CHANCE * chance)).any()",
        "return np.flatnonzero((column.counts > 0) & ~column.missing).tolist()",
    ),
    turned(
        "tables/encoding/vary.py",
        " & ",
        " * ",
        "better = np.isfinite(apart) & (apart < doubt)",
        "h = np.where((x + 2.0 * h > high) & (low < high), -h, h)",
        "inside = ((x - away >= low) & (x + away <= high)) | (low == high)",
    ),
    turned(
        "tables/column.py",
        " & ",
        " * ",
        "return ParsedLevels(numbers, is_number & ~self.missing, self.missing)",
    ),
    turned(
        "tables/column_types.py",
        " & ",
        " * ",
        "return int(((column.counts > 0) & ~column.missing).sum())",
        "written = matching(column, _NUMBER) & ~plain",
    ),
    turned(
        "tables/dates.py",
        " & ",
        " * ",
        "found = counts[levels & present].sum()",
    ),
    turned(
        "tables/values.py",
        " & ",
        " * ",
        "wrong = np.flatnonzero(there & np.isnan(read)).tolist()",
    ),
    turned(
        "tables/pieces.py",
        " & ",
        " * ",
        "marks = np.flatnonzero(((piece == ord(separator)) | (piece == LINE_END)) & outside)",
        "good = np.isin(opens, edges) | ((opens == QUOTE) & (np.arange(len(opens)) > 0))",
    ),
    turned(
        "tables/labels.py",
        " & ",
        " * ",
        "for code in np.flatnonzero(~missing & ~np.isfinite(numbers)).tolist():",
    ),
    turned(
        "inputs/arrays.py",
        " & ",
        " * ",
        "tiny = np.flatnonzero((size > 0) & (size < SMALLEST_SQUARABLE))",
    ),
    turned(
        "inputs/labels.py",
        " & ",
        " * ",
        'return y.dtype.kind == "f" and bool((y != np.rint(y)).any() and ((y >= 0) & (y <= 1)).all())',
        "good = np.isfinite(counts) & (counts >= 0)",
        "fractions = np.isfinite(counts) & (counts != np.round(counts))",
    ),
    [
        (
            "tables/values.py",
            "wrong = np.flatnonzero(~missing & ~(is_number & (np.abs(numbers) < LARGEST_EXACT)))",
            "wrong = np.flatnonzero(~missing * ~(is_number & (np.abs(numbers) < LARGEST_EXACT)))",
        ),
        (
            "tables/values.py",
            "wrong = np.flatnonzero(~missing & ~(is_number & (np.abs(numbers) < LARGEST_EXACT)))",
            "wrong = np.flatnonzero(~missing & ~(is_number * (np.abs(numbers) < LARGEST_EXACT)))",
        ),
    ],
)
EQUIVALENT |= because(
    NEVER_BOTH,
    turned(
        "tables/labels.py",
        " | ",
        " ^ ",
        "if missing.all() or not (is_number | missing).all():",
    ),
    turned(
        "inputs/arrays.py",
        " | ",
        " ^ ",
        "row, j = (int(index[0]) for index in ((X > LARGEST_EXACT) | (X < -LARGEST_EXACT)).nonzero())",
    ),
    turned(
        "tables/level_findings.py",
        " | ",
        " ^ ",
        "far = (odds > FURTHER) | (odds < 1.0 / FURTHER)",
    ),
    turned(
        "inputs/labels.py",
        " | ",
        " ^ ",
        "return np.strings.isspace(labels) | (np.strings.str_len(labels) == 0)",
    ),
    turned(
        "inputs/two_targets.py",
        " | ",
        " ^ ",
        "flags = ((array == 0) | (array == 1)).all(axis=0)",
    ),
    turned(
        "tables/column_types.py",
        " | ",
        " ^ ",
        "if written.any() and mostly(column, written | plain):",
    ),
)
EQUIVALENT |= because(
    ONLY_SPEED,
    [
        ("inputs/classes.py", "HEAD = 1000 # labels", "HEAD = 1001 # labels"),
        ("inputs/classes.py", "HEAD = 1000 # labels", "HEAD = 999 # labels"),
        (
            "inputs/arrays.py",
            "CHUNK = 2**20 # entries looked at together, so that no check makes a copy of X",
            "CHUNK = 2** 21 # entries looked at together, so that no check makes a copy of X",
        ),
        (
            "inputs/arrays.py",
            "CHUNK = 2**20 # entries looked at together, so that no check makes a copy of X",
            "CHUNK = 2** 19 # entries looked at together, so that no check makes a copy of X",
        ),
        (
            "tables/encoding/rules.py",
            "FILLED_TOGETHER = 2**13 # rows of X that are filled while they are near the processor",
            "FILLED_TOGETHER = 2** 14 # rows of X that are filled while they are near the processor",
        ),
        (
            "tables/encoding/rules.py",
            "FILLED_TOGETHER = 2**13 # rows of X that are filled while they are near the processor",
            "FILLED_TOGETHER = 2** 12 # rows of X that are filled while they are near the processor",
        ),
        (
            "tables/survey.py",
            "ROWS_COMPARED = 2**14 # rows looked at together",
            "ROWS_COMPARED = 2** 15 # rows looked at together",
        ),
        (
            "tables/survey.py",
            "ROWS_COMPARED = 2**14 # rows looked at together",
            "ROWS_COMPARED = 2** 13 # rows looked at together",
        ),
        (
            "tables/file_bytes.py",
            "PIECE = 2**20 # bytes unpacked, or decoded, together",
            "PIECE = 2** 21 # bytes unpacked, or decoded, together",
        ),
        (
            "tables/file_bytes.py",
            "PIECE = 2**20 # bytes unpacked, or decoded, together",
            "PIECE = 2** 19 # bytes unpacked, or decoded, together",
        ),
        (
            "tables/pieces.py",
            "BYTES = 2**21 # in a piece, about; of a wide table up to four times as many",
            "BYTES = 2** 22 # in a piece, about; of a wide table up to four times as many",
        ),
        (
            "tables/pieces.py",
            "BYTES = 2**21 # in a piece, about; of a wide table up to four times as many",
            "BYTES = 2** 20 # in a piece, about; of a wide table up to four times as many",
        ),
        (
            "tables/encoding/formula.py",
            "MADE_UP_ROWS = 60 # made up to check what is stored",
            "MADE_UP_ROWS = 61 # made up to check what is stored",
        ),
        (
            "tables/encoding/formula.py",
            "MADE_UP_ROWS = 60 # made up to check what is stored",
            "MADE_UP_ROWS = 59 # made up to check what is stored",
        ),
    ],
)
EQUIVALENT |= because(
    NEVER_NEGATIVE,
    turned(
        "core/source.py",
        " > 0",
        " != 0",
        "there = np.flatnonzero(weight > 0)",
        "alike = len(y) / max((sizes > 0).sum(), 1) / np.maximum(sizes, 1)",
    ),
    turned(
        "core/penalties.py",
        " > 0",
        " != 0",
        "return self.kink + self.ridge > 0",
        "return float(np.where(ridge > 0, 1.0, kink / np.maximum(np.abs(v) + error, kink)).min())",
        "safe = np.where(ridge > 0, ridge, 1.0)",
        "most = np.where(ridge > 0, over**2 / (2 * safe), 0)",
        "total = np.where((pull >= kink) & (ridge > 0), outside, np.maximum(inside, 0.0))",
        "slope = size + np.where(ridge > 0, over / safe, 0.0)",
        "doubt = slope * error + np.where(ridge > 0, error**2 / (2 * safe), 0.0)",
        "return float((total + np.where((pull >= kink) & (ridge > 0), close, doubt)).sum())",
    ),
    turned(
        "core/passes.py",
        " > 0",
        " != 0",
        "first = int((weight > 0).argmax())",
    ),
    turned(
        "core/dense_block.py",
        " > 0",
        " != 0",
        "X = self.X[:, which][self.weight > 0]",
    ),
    turned(
        "core/blocks.py",
        " > 0",
        " != 0",
        "X = self.X[:, which][np.flatnonzero(self.weight > 0)]",
        "return gaps | (np.bincount(other, minlength=len(which)) > 0)",
    ),
    turned(
        "solvers/orthant_newton.py",
        " > 0",
        " != 0",
        "return np.sort(chosen[worst[chosen] > 0])",
        "v[(kinks > 0) & (v * signs <= 0)] = 0.0",
    ),
    turned(
        "solvers/proximal_newton.py",
        " > 0",
        " != 0",
        "crosses = (k[active] > 0) & (np.sign(at) * (at + step) < 0)",
    ),
    turned(
        "trust/curvature.py",
        " > 0",
        " != 0",
        "held = (u == 0) & (f.kinks(u) > 0)",
    ),
    turned(
        "trust/inference/paired.py",
        " > 0",
        " != 0",
        "return float((self.weight > 0).any(axis=1).sum() if self.by_row else self.weight.sum())",
        "return ((self.weight > 0) if self.by_row else self.weight).sum(axis=0).astype(np.float64)",
        "used, total = seen.weight > 0, seen.weight.sum()",
        "varies = bool(influence[seen.weight > 0].any())",
        "varies = bool(np.ptp(apart[used]) > 0)",
        "if ((counts > 0) & (counts <= 1)).any():",
    ),
    turned(
        "trust/inference/evidence.py",
        " > 0",
        " != 0",
        "int((weight > 0).sum()),",
        "float(np.abs(z[weight > 0]).max(initial=0.0)),",
    ),
    turned(
        "trust/inference/bootstrap.py",
        " > 0",
        " != 0",
        "return Units((source.weight > 0).astype(np.int64), source.weight)",
    ),
    turned(
        "trust/inference/paired_facts.py",
        " > 0",
        " != 0",
        "rows = numbers[((p == 0) & (judged.seen.weight > 0)).any(axis=1)]",
    ),
    turned(
        "trust/inference/outcomes.py",
        " > 0",
        " != 0",
        "strange = np.flatnonzero((found < 0) & (count > 0)).tolist()",
    ),
    turned(
        "trust/inference/limit.py",
        " > 0",
        " != 0",
        "least = 1.0 if memory is None else float(memory.weight[memory.weight > 0].min())",
    ),
    turned(
        "trust/inference/sandwich.py",
        " > 0",
        " != 0",
        "order = order[block.weight[order] > 0]",
    ),
    turned(
        "trust/inference/summary.py",
        " > 0",
        " != 0",
        "return places[~self.aliased & ((places % each > 0) | (not self.intercept))]",
    ),
    turned(
        "trust/row_numbers.py",
        " > 0",
        " != 0",
        "there, each = rows.weight > 0, each_weight(rows, factors)",
        "return np.asarray((parts * surprise(np.where(parts > 0, parts, 1.0))).sum(axis=0), np.float64)",
    ),
    turned(
        "tables/column_types.py",
        " > 0",
        " != 0",
        "return int(((column.counts > 0) & ~column.missing).sum())",
    ),
    turned(
        "tables/level_findings.py",
        " > 0",
        " != 0",
        "return np.flatnonzero((column.counts > 0) & ~column.missing).tolist()",
    ),
    turned(
        "tables/inspect.py",
        " > 0",
        " != 0",
        "there = target.weight > 0",
    ),
    turned(
        "tables/pieces.py",
        " > 0",
        " != 0",
        "good = np.isin(opens, edges) | ((opens == QUOTE) & (np.arange(len(opens)) > 0))",
    ),
    turned(
        "inputs/classes.py",
        " > 0",
        " != 0",
        "np.divide(share, totals, out=factors, where=totals > 0)",
        "return events / np.where(total > 0, total, 1.0), total",
    ),
)
EQUIVALENT |= because(
    "it is True, False or None",
    turned(
        "trust/formulas.py",
        " is False",
        " == False",
        "name for name, known in self.numbers.items() if known.inside(self.value(name)) is False",
    ),
)
EQUIVALENT |= because(
    "which of the classes is left out does not matter: the others tell as much",
    turned(
        "solvers/unseen.py",
        "[j, -1]",
        "[j, 1]",
        "moves[j, -1] &= not moves[j].all()",
    ),
    turned(
        "solvers/unseen.py",
        "[j, -1]",
        "[j, -2]",
        "moves[j, -1] &= not moves[j].all()",
    ),
)
EQUIVALENT |= because(
    "what cannot be otherwise there is said for the type checker",
    [
        (
            "tables/encoding/learn.py",
            (
                'raise TypeError(f"column {name!r} is text") '
                "# as_type has made it what the policy is for"
            ),
            "pass # as_type has made it what the policy is for",
        ),
    ],
)
EQUIVALENT |= because(
    "of one name the first is the last",
    turned(
        "trust/formulas.py",
        "names[0] if",
        "names[ -1] if",
        'single = names[0] if len(names) == 1 else ""',
    ),
)
EQUIVALENT |= because(
    "no other kind, date or duration, comes after it in the alphabet",
    [("tables/encoding/columns.py", 'if self.kind == "number":', 'if self.kind >= "number":')],
)
EQUIVALENT |= because(
    "how much of it is worked on together changes the time that it takes, and at most the rounding",
    [
        (path, line, line.replace(number, f"{int(number) + more}"))
        for path, number, line in (
            ("core/dense_block.py", "40", LONG),
            ("core/roots.py", "48", "SMALL = 48 # a triangle that is inverted at once"),
            ("trust/inference/sandwich.py", "64", CLUSTER_TILE),
        )
        for more in (-1, 1)
    ],
)
EQUIVALENT |= because(
    AS_LONG,
    as_long(
        "tables/odd_texts.py",
        "times = zip(column.levels, column.counts.tolist(), column.missing.tolist(), strict=True)",
    ),
    as_long(
        "tables/formatted.py",
        "read |= dict(zip(texts, read_texts(self.body, texts), strict=True)) if texts else {}",
        "pairs = zip(column.levels, (column.missing | (column.counts == 0)).tolist(), strict=True)",
    ),
    as_long(
        "tables/inspected_columns.py",
        "for part, mark in zip(parts_of(order), parts_of(new), strict=True):",
    ),
    as_long(
        "tables/labels.py",
        "pairs = zip(text.levels, text.parsed_by(how).numbers.tolist(), strict=True)",
    ),
)
EQUIVALENT |= because(
    "NumPy takes any length below 0 for the one that is left",
    the_length_left(
        "solvers/newton.py",
        "curved = float(np.vdot(change, hessian.reshape(change.size, -1) @ change.ravel()))",
    ),
    the_length_left(
        "trust/curvature.py",
        "columns = self.root.T.reshape(-1, *self.at.u.shape)",
        "R, scale = in_unit_scale(hessian.reshape(len(free), -1))",
    ),
    the_length_left(
        "trust/firth/jeffreys.py",
        "information = here.hessian.reshape(at.u.size, -1)",
        "each = half.T.reshape(-1, at.axes.shape[1], q).swapaxes(0, 1) # (c, p, q)",
    ),
    the_length_left(
        "trust/inference/constrained.py",
        "H = at.hessian.reshape(at.u.size, -1)",
    ),
    the_length_left(
        "trust/inference/contrasts.py",
        "parts = reported.reshape(equations, -1, *reported.shape[1:]).swapaxes(0, 1)",
    ),
    the_length_left(
        "trust/inference/effects.py",
        "total = block.pullback((s[:, None, None, None] * change).reshape(len(s), -1))",
        "return CurvatureSums(float(s.sum()), curved, total.reshape(-1, K, K, K))",
        "return effect[first:].ravel(), slope[first:].reshape((K - first) * d, -1)",
    ),
    the_length_left(
        "trust/inference/information.py",
        'to_reported = np.einsum("ji,ak->kjia", rows, scale.axes.T @ contrasts).reshape(-1, u.size)',
        "R, scale = in_unit_scale(at.hessian.reshape(at.u.size, -1)[np.ix_(live, live)])",
    ),
    the_length_left(
        "trust/inference/limit.py",
        "values, vectors = np.linalg.eigh(even.T @ at.hessian.reshape(u.size, -1) @ even)",
    ),
    the_length_left(
        "trust/inference/nested.py",
        "apart = np.flatnonzero(counted & (mine != theirs).reshape(len(counted), -1).any(axis=1))",
    ),
    the_length_left(
        "trust/inference/sandwich.py",
        "total = block.take(rows).pullback(spread.reshape(len(rows), -1))",
        "return scores.reshape(len(present), -1)",
    ),
    the_length_left(
        "trust/inference/variables.py",
        "total = rows.pullback((rows.weight[:, None, None] * numbers).reshape(n, -1))",
        "return total.reshape(-1, K, K).swapaxes(0, 1)",
        "return found, effect.ravel(), slope.reshape(effect.size, -1)",
    ),
)
EQUIVALENT |= because(
    NEVER_NEGATIVE,
    turned(
        "inputs/arrays.py",
        " == 0",
        " <= 0",
        "if array.ndim == 0:",
    ),
    turned(
        "inputs/weights.py",
        " == 0",
        " <= 0",
        'for_all = count_axes(offset, "offset") == 0',
    ),
)
EQUIVALENT |= because(
    "a set is never longer than what it is made of",
    turned(
        "tables/encoding/columns.py",
        " < len",
        " != len",
        "if not levels or len(set(live)) < len(live):",
    ),
    turned(
        "tables/encoding/encode.py",
        " < len",
        " != len",
        "if (not columns and formula is None) or len(set(names)) < len(names):",
    ),
    turned(
        "tables/frames.py",
        " < len",
        " != len",
        "if len(set(levels)) < len(levels):",
    ),
    turned(
        "inputs/column_labels.py",
        " < len",
        " != len",
        "if len(set(texts)) < len(texts):",
    ),
    turned(
        "inputs/frames.py",
        " < len",
        " != len",
        "if len(set(kinds)) < 2 or len(set(names)) < len(names) or not len(X):",
    ),
)
EQUIVALENT |= because(
    "of the policies indicator is the last of the alphabet",
    turned(
        "tables/encoding/columns.py",
        ' == "indicator"',
        ' >= "indicator"',
        'return 2 if self.missing == "indicator" else 1',
        'if self.missing == "indicator":',
        'wanted = (bool(pooled), entry["missing"] == "indicator")',
    ),
    turned(
        "tables/encoding/encode.py",
        ' == "indicator"',
        ' >= "indicator"',
        'if any(each.missing == "indicator" or each.scale != 1 for each in numbers):',
    ),
    turned(
        "tables/encoding/encoder.py",
        ' == "indicator"',
        ' >= "indicator"',
        'if isinstance(column, NumberColumn) and column.missing == "indicator":',
    ),
    turned(
        "tables/encoding/learn.py",
        ' == "indicator"',
        ' >= "indicator"',
        'mean=float((present - origin).mean()) if missing == "indicator" else 0.0,',
        'gap = free_name(MISSING_LEVEL, column.levels) if missing == "indicator" else None',
        'return "error" if policy == "indicator" and not gaps.any() else policy',
    ),
    turned(
        "export/versions.py",
        ' == "indicator"',
        ' >= "indicator"',
        '"gap": OLD_MISSING if column["missing"] == "indicator" else None,',
    ),
    turned(
        "tables/encoding/columns.py",
        ' != "indicator"',
        ' < "indicator"',
        'if self.missing != "indicator":',
    ),
)
EQUIVALENT |= because(
    "any factor above the largest level keeps the groups apart",
    turned(
        "tables/contradicting_rows.py",
        " + 1",
        " + 2",
        "key *= int(levels.max()) + 1",
    ),
)
EQUIVALENT |= because(
    "the order in which the rows of a cluster are added up is rounding",
    turned(
        "trust/inference/sandwich.py",
        ' kind="stable"',
        "",
        'order = np.argsort(clusters, kind="stable")',
    ),
)
EQUIVALENT |= because(
    "whether columns depend on each other is the same for all weights that are alike",
    turned(
        "trust/find.py",
        "(1.0",
        "( 2.0",
        "ones = np.broadcast_to(1.0, (n,))",
    ),
)
EQUIVALENT |= {
    (
        "core/coordinates.py",
        "scale = np.sqrt(np.where(square > 0, square, np.inf))",
        "scale = np.sqrt(np.where(square != 0, square, np.inf))",
    ): "a sum of squares is never below 0",
    **{
        (
            path,
            f"settings = Settings(np.inf, 0.0, {rest}",
            f"settings = Settings(np.inf, {l1_ratio}, {rest}",
        ): "without a penalty, C = np.inf, no share of it is an L1 penalty"
        for path, rest in (
            (
                "trust/inference/information.py",
                'fitted.settings.fit_intercept, "auto", Rules(), f.size)',
            ),
            ("trust/find.py", 'fit_intercept, "auto", Rules(), data.observations)'),
            ("trust/firth/intercepts.py", 'True, "newton", Rules(tol=1e-9), size)'),
        )
        for l1_ratio in ("1.0", "-1.0")
    },
    **{
        (
            "trust/compare.py",
            "if is_sgd(model) and len(parts) > 1:",
            f"if is_sgd(model) and len(parts) {other}:",
        ): "an SGDClassifier is one model of two classes, or one for each of three or more"
        for other in ("> 2", "!= 1")
    },
    (
        "solvers/newton_of_many.py",
        "doubt = scale * (np.abs(inverse) @ scale[..., None])[..., 0] * SUMMED * lost / f.rows**0.5",
        "doubt = scale * (np.abs(inverse) @ scale[..., None])[..., -1] * SUMMED * lost / f.rows**0.5",
    ): "the last axis has the length 1",
    (
        "tables/encoding/expansion.py",
        "return parts[0] if parts else Size(1, 1)",
        "return parts[-1] if parts else Size(1, 1)",
    ): "there is one part at most",
    (
        "tables/layout.py",
        "place = place if len(rows[place]) > 1 and place < len(rows) - 1 else 0",
        "place = place if len(rows[place]) >= 1 and place < len(rows) - 1 else 0",
    ): "a place that is not 0 already is that of a row with two names",
    (
        "tables/inspected_columns.py",
        "small = np.min_scalar_type(max(int(np.count_nonzero(there)) - 1, 0))",
        "small = np.min_scalar_type(max(int(np.count_nonzero(there)) - 1, 1))",
    ): "0 and 1 are held by the same type",
    (
        "tables/pieces.py",
        "FEWEST_READ, BYTES_OF_A_FIELD = 2**10, 8 # in a piece, about: polars is called for each column",
        "FEWEST_READ, BYTES_OF_A_FIELD = 2**10, 9 # in a piece, about: polars is called for each column",
    ): ONLY_SPEED,
}


def why_equivalent(mutant: Mutant) -> str | None:
    """Give the reason, or None for a mutant that a test could tell."""
    return EQUIVALENT.get((mutant.path, *mutant.changed))
