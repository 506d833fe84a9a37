"""The mutants: small changes of the source, by cosmic-ray's operators and two of our own.

A *site* is a piece of source that at least one operator can change. A sample draws sites, and one
change for each, so that a plus sign, which eleven operators can change, counts no more than a
comparison or a call.
"""

import ast
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import parso
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.operators.provider import OperatorProvider

# They take arguments, and replace one variable by another at random.
LEFT_OUT = {"VariableInserter", "VariableReplacer"}
NEVER_CHANGED = {"name", "string", "newline", "endmarker", "fstring_start", "fstring_string"}
ONLY_AT = {"ReplaceBinaryOperator": "operator", "ReplaceComparisonOperator": "comparison"}
Position = tuple[int, int]


@dataclass(frozen=True)
class Mutant:
    """One change: where, by which operator, and the text of the file before and after it."""

    path: str
    operator: str
    first: int
    last: int
    before: str
    after: str

    @property
    def changed(self) -> tuple[str, str]:
        """The lines that differ, without what surrounds them: what the mutant *is*."""
        old, new = self.before.splitlines(), self.after.splitlines()
        while old and new and old[0] == new[0]:
            old, new = old[1:], new[1:]
        while old and new and old[-1] == new[-1]:
            old, new = old[:-1], new[:-1]
        return " ".join("\n".join(old).split()), " ".join("\n".join(new).split())


class DropKeyword(Operator):
    """Leave out one keyword argument of a call, so that its default holds."""

    def mutation_positions(self, node):  # noqa: D102
        if node.type == "arglist":
            for child in node.children:
                if child.type == "argument" and child.children[1] == "=":
                    yield child.start_pos, child.end_pos

    def mutate(self, node, index):  # noqa: D102
        named = [c for c in node.children if c.type == "argument" and c.children[1] == "="]
        at = node.children.index(named[index])
        del node.children[at : at + 2]
        return node

    @classmethod
    def examples(cls):  # noqa: D102
        return ()


class DropStatement(Operator):
    """Leave out a call whose value is not used, a `raise`, or an update in place."""

    def mutation_positions(self, node):  # noqa: D102
        if node.type == "simple_stmt" and droppable(node.children[0]):
            yield node.children[0].start_pos, node.children[0].end_pos

    def mutate(self, node, index):  # noqa: ARG002, D102
        dropped = node.children[0]
        prefix = dropped.get_first_leaf().prefix
        node.children[0] = parso.python.tree.Keyword("pass", dropped.start_pos, prefix)
        return node

    @classmethod
    def examples(cls):  # noqa: D102
        return ()


def droppable(statement: parso.tree.NodeOrLeaf) -> bool:
    """Tell whether a statement does something without giving a name to it."""
    if statement.type == "expr_stmt":
        sign = statement.children[1]
        return sign.type == "augassign" or (sign.type == "operator" and sign.value != "=")
    called = statement.type in {"atom_expr", "power"} and statement.children[-1].type == "trailer"
    return called or statement.type == "raise_stmt"


def operators() -> dict[str, Operator]:
    """Give cosmic-ray's operators and ours by name."""
    theirs = OperatorProvider()
    named = {name: theirs[name]() for name in theirs if name not in LEFT_OUT}
    return {**named, "DropKeyword": DropKeyword(), "DropStatement": DropStatement()}


def not_run(source: str) -> list[tuple[Position, Position]]:
    """Where a change means nothing: annotations, and what only a type checker reads."""
    spans = []
    for node in ast.walk(ast.parse(source)):
        unread = [getattr(node, "annotation", None), getattr(node, "returns", None)]
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            unread.append(node)
        spans += [
            ((each.lineno, each.col_offset), (each.end_lineno, each.end_col_offset))
            for each in unread
            if each is not None
        ]
    return spans


def changes_of(source: str) -> dict[tuple[Position, Position], list[tuple[str, int]]]:
    """Give for each site the changes (operator, number of its occurrence) that can be made."""
    unread, found = not_run(source), defaultdict(list)
    nodes = [node for node in ast_nodes(get_ast(source)) if node.type not in NEVER_CHANGED]
    for name, operator in operators().items():
        kind = ONLY_AT.get(name.split("_")[0])
        near = nodes if kind is None else [node for node in nodes if node.type == kind]
        places = (place for node in near for place in operator.mutation_positions(node))
        for occurrence, (start, end) in enumerate(places):
            if not any(first <= start and end <= last for first, last in unread):
                found[start, end].append((name, occurrence))
    return found


def mutants(root: Path, rooms: list[str], seed: int) -> Iterator[Mutant]:
    """Give mutants of the rooms in an order that only the seed and the source decide."""
    draw, known = random.Random(seed), operators()  # noqa: S311  nothing secret
    files = sorted(path for room in rooms for path in (root / room).rglob("*.py"))
    sources = {path: path.read_text("utf-8") for path in files}
    sites = [
        (path, place, changes)
        for path in files
        for place, changes in sorted(changes_of(sources[path]).items())
    ]
    draw.shuffle(sites)
    for path, (start, end), changes in sites:
        name, occurrence = draw.choice(changes)
        after = mutate_code(sources[path], known[name], occurrence)
        if after is not None and tree_of(after) not in {None, tree_of(sources[path])}:
            yield Mutant(str(path.relative_to(root)), name, start[0], end[0], sources[path], after)


def tree_of(source: str) -> str | None:
    """Give the meaning of the source as text, or None where it is no Python."""
    try:
        compile(source, "mutant", "exec")
    except (SyntaxError, ValueError):
        return None
    return ast.dump(ast.parse(source))
