"""The shape of the source, so that it stays readable: order, layers and size."""

import ast
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

import pytest

SRC = Path(__file__).parent.parent / "src" / "glasslogit"
FILES = sorted(path for path in SRC.rglob("*.py"))
IDS = [str(path.relative_to(SRC)) for path in FILES]

# The house: a room imports only from rooms that stand above it in this list. A folder inside a
# folder is a room of its own.
ROOMS = [
    "textbook",
    "errors",
    "pages",
    "findings",
    "core",
    "sources",
    "solvers",
    "inputs",
    "evaluate",
    "tables",
    "tables.encoding",
    "optimum.separation",
    "optimum",
    "model",
    "model.selection",
    "trust",
    "trust.inference",
    "trust.firth",
    "show",
    "export",
    "cli",
]
FACES = {"__init__.py", "__main__.py"}  # a room's, and that of `python -m`
LOOSE = {"__init__", "__main__", "errors", "findings", "textbook"}  # these stand in no room
TRANSCENDENTAL = {"exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "logaddexp"}
# Public names that may stand in two files, with the reason. Any other has one place.
SHARED_NAMES = {
    "Floats": "the textbook imports nothing, so it has a type, a class and functions of its own",
    "Model": "the textbook's",
    "fit": "the textbook's, and a command",
    "predict": "the textbook's, and a command",
    "sigmoid": "the textbook's",
    "softmax": "the textbook's",
    "train": "the textbook's",
    "explain": "the function, and the command that is named like it",
    "T": "a type variable",
    # One meaning, and a value for each method that has it.
    "Indices": "the type of places in u, of both methods for a kink",
    "LEAST_REDUCTION": "by which a step must bring the optimum nearer while a Hessian is kept",
    "MOST_SAMPLE_STEPS": "of the two methods that start on a sample",
    "SAMPLE_TOLERANCE": "of the two methods that start on a sample",
    "COUNT_TOLERANCE": "by which a count may miss a whole number",
}
BLOCKS = "core.block", "core.blocks", "core.dense_block"
FILE_LINES, BODY_LINES, POSITIONAL, DEPTH = 300, 40, 5, 3
# many fits at once, many classes, the unseen step, L1; sparse products, a preconditioner; aliases
HEART_LINES = 4_175 + 350 + 128 + 32 + 83 + 60 + 71 + 16 + 9 + 22
# Signatures that somebody else has fixed: the textbook's in its issue, scikit-learn's.
FIXED_SIGNATURES = {"textbook.fit"}


def name_of(path: Path) -> str:
    parts = path.relative_to(SRC).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def room_of(module: str) -> str:
    """Find the room of a module: the innermost folder, or file on the ground, of the list."""
    while module and module not in ROOMS:
        module = module.rpartition(".")[0]
    return module


@lru_cache(maxsize=1)  # the trees of all files are too many to keep
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def imports(path: Path) -> tuple[tuple[str, str], ...]:
    """Give what a file imports from the package, deferred or not: modules and names."""
    return tuple(imported_by(tree_of(path), path))


def imported_by(tree: ast.Module, path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: a relative import"
            if (node.module or "").startswith("glasslogit."):
                yield from (which(node.module[11:], alias.name) for alias in node.names)


def which(module: str, name: str) -> tuple[str, str]:
    """Give the module and the name that an import means: a file that no face hides is a module."""
    inner = SRC.joinpath(*module.split("."), f"{name}.py")
    is_file = inner.exists() and name not in face_of(module)
    return (f"{module}.{name}", name) if is_file else (module, name)


@cache
def face_of(room: str) -> set[str]:
    """Give the names that a room's `__init__.py` offers to other rooms."""
    face = SRC.joinpath(*room.split("."), "__init__.py")
    for node in ast.parse(face.read_text()).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return set(ast.literal_eval(node.value))
    return set()


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_imports_run_down_the_rooms_and_never_up(path: Path) -> None:
    here = room_of(name_of(path))
    for module, _ in imports(path):
        there = room_of(module)
        if path.name in FACES and there.startswith(here):
            continue  # a face hands on what its room holds, inner rooms as well
        assert ROOMS.index(there) <= ROOMS.index(here), f"{name_of(path)} -> {module}"


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_rooms_are_entered_through_their_face(path: Path) -> None:
    """A file imports from the files of its own folder, and from other rooms what they offer."""
    here = room_of(name_of(path))
    for module, name in imports(path):
        there = room_of(module)
        if there == here or here.startswith(f"{there}.") or there in LOOSE or not here:
            continue
        if path.name == "__init__.py" and there.startswith(f"{here}."):
            continue
        assert module == there, f"{name_of(path)} goes past the face of {there} to {module}"
        assert name in face_of(there), f"{name_of(path)}: {there} does not offer {name}"


def test_no_files_import_each_other_in_a_circle() -> None:
    above = {name_of(path): {module for module, _ in imports(path)} for path in FILES}

    def follow(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, " -> ".join((*trail, module))
        for other in above.pop(module, ()):
            follow(other, (*trail, module))

    for module in list(above):
        follow(module, ())


def public_names(path: Path) -> Iterator[str]:
    """Give the functions, classes and constants at the top of a file that are not private."""
    for node in tree_of(path).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield from [] if node.name.startswith("_") else [node.name]
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = (each for target in targets for each in ast.walk(target))
            yield from (n.id for n in names if isinstance(n, ast.Name) and not n.id.startswith("_"))


def test_a_public_name_stands_in_one_file() -> None:
    homes: dict[str, set[str]] = {}
    for path in FILES:
        if path.name != "__init__.py":
            for name in public_names(path):
                homes.setdefault(name, set()).add(name_of(path))
    twice = {name: where for name, where in homes.items() if len(where) > 1}
    assert not {name: twice[name] for name in sorted(twice.keys() - SHARED_NAMES)}


def test_few_files_stand_in_no_room() -> None:
    assert {path.stem for path in SRC.glob("*.py")} == LOOSE


def test_every_room_says_what_lives_there() -> None:
    for face in SRC.rglob("__init__.py"):
        assert ast.get_docstring(ast.parse(face.read_text())), face


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_exp_and_log_only_in_losses(path: Path) -> None:
    if name_of(path) in {"core.losses", "textbook"}:
        return
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Attribute) and node.attr in TRANSCENDENTAL:
            owner = node.value.id if isinstance(node.value, ast.Name) else ""
            assert owner not in {"np", "numpy", "math"}, f"{path}:{node.lineno}: {node.attr}"
        if isinstance(node, ast.ImportFrom) and node.module in {"math", "numpy"}:
            assert not TRANSCENDENTAL & {alias.name for alias in node.names}, path


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_products_with_the_rows_only_in_blocks(path: Path) -> None:
    """`X @ …` and its relatives touch rows; small arrays of θ-shape may be multiplied."""
    if name_of(path) in {*BLOCKS, "textbook"}:
        return
    products = {
        "dot",
        "einsum",
        "inner",
        "matmul",
        "matvec",
        "tensordot",
        "vdot",
        "vecdot",
        "vecmat",
    }
    for node in ast.walk(tree_of(path)):
        operands: list[ast.expr] = []
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
            operands = [node.left, node.right]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            operands = [*node.args, node.func.value] if node.func.attr in products else []
        for operand in operands:
            names = {n.id for n in ast.walk(operand) if isinstance(n, ast.Name)}
            attributes = {n.attr for n in ast.walk(operand) if isinstance(n, ast.Attribute)}
            assert "X" not in names | attributes, f"{path}:{node.lineno}: a product with X"


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_sparse_is_known_in_blocks_and_at_the_edge_only(path: Path) -> None:
    allowed = {
        "core",
        "core.block",
        "core.blocks",
        "sources.arrays",
        "inputs",
        "inputs.arrays",
        "tables.features",
    }
    uses = [n for n in ast.walk(tree_of(path)) if isinstance(n, ast.Name)]
    if name_of(path) not in allowed:
        assert "is_sparse" not in {node.id for node in uses}


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_files_are_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= FILE_LINES


def functions(path: Path) -> list[ast.FunctionDef]:
    return [n for n in ast.walk(tree_of(path)) if isinstance(n, ast.FunctionDef)]


def body_lines(function: ast.FunctionDef) -> int:
    body = function.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    return 1 + (body[-1].end_lineno or 0) - body[0].lineno if body else 0


def depth(node: ast.AST) -> int:
    nests = isinstance(node, (ast.For, ast.While, ast.If, ast.With, ast.Try))
    inner = max((depth(child) for child in ast.iter_child_nodes(node)), default=0)
    if isinstance(node, ast.If) and len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
        first = max(map(depth, node.body))
        return max(1 + first, depth(node.orelse[0]))  # elif is no deeper than if
    return nests + inner


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_functions_are_short_flat_and_narrow(path: Path) -> None:
    for function in functions(path):
        where = f"{name_of(path)}.{function.name}"
        assert body_lines(function) <= BODY_LINES, where
        assert max(map(depth, function.body)) <= DEPTH, f"{where} is nested too deeply"
        positional = [a for a in function.args.args if a.arg not in {"self", "cls"}]
        assert len(positional) <= POSITIONAL or where in FIXED_SIGNATURES, where


TINY_NUMBER = 1e-4  # below it a number in the code is a threshold


def thresholds(node: ast.AST) -> Iterator[ast.Constant]:
    """Give the tiny numbers in a statement, but for the tolerance that a fit is asked for."""
    if isinstance(node, ast.keyword) and node.arg == "tol":
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, float):
        yield from [node] if 0 < abs(node.value) < TINY_NUMBER else []
    for child in ast.iter_child_nodes(node):
        yield from thresholds(child)


@pytest.mark.parametrize("path", [path for path in FILES if path.stem != "textbook"])
def test_no_threshold_stands_without_a_name_and_a_reason(path: Path) -> None:
    """A number below which something counts as nothing is a constant, with a comment on why."""
    lines, tree = path.read_text().splitlines(), tree_of(path)
    for function in functions(path):
        found = [n.lineno for statement in function.body for n in thresholds(statement)]
        assert not found, f"{name_of(path)}: lines {found}"
    for each in tree.body:
        if isinstance(each, ast.Assign) and list(thresholds(each)):
            own = "\n".join(lines[each.lineno - 1 : each.end_lineno])
            above = lines[each.lineno - 2]
            assert "#" in own or "#" in above, f"{name_of(path)}:{each.lineno}"


def test_the_mathematical_heart_is_small() -> None:
    heart = [path for room in ("core", "solvers") for path in (SRC / room).glob("[!_]*.py")]
    assert sum(len(path.read_text().splitlines()) for path in heart) <= HEART_LINES


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_reading_a_call_tells_which_code_runs(path: Path) -> None:
    """No super() anywhere, and no hasattr but at the edge, where strangers' objects arrive."""
    text = path.read_text()
    assert "super()" not in text or name_of(path) == "errors"
    if name_of(path).split(".")[0] in {"core", "solvers", "optimum"}:
        assert "hasattr(" not in text


def test_the_reading_order_of_the_docs_is_that_of_the_rooms() -> None:
    text = (SRC.parent.parent / "docs" / "how_it_works.md").read_text()
    table = text.partition("## The rooms, in reading order")[2].partition("\n## ")[0]
    row = re.compile(r"^\| \[`[\w/.]+`\]\(\.\./src/glasslogit/([\w/]+)(?:\.py)?\)", re.MULTILINE)
    links = row.findall(table)
    assert [link.rstrip("/").replace("/", ".") for link in links] == ROOMS
