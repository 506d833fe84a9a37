"""The shape of the source, so that it stays readable: order, layers and size."""

import ast
import re
from pathlib import Path

import pytest

SRC = Path(__file__).parent.parent / "src" / "glasslogit"
FILES = sorted(path for path in SRC.rglob("*.py"))
IDS = [str(path.relative_to(SRC)) for path in FILES]

# Reading order is import order: a module imports only what stands above it.
ORDER = [
    "textbook",
    "errors",
    "core.losses",
    "core.penalties",
    "core.blocks",
    "core.passes",
    "core.kept",
    "core",
    "sources.source",
    "sources.threads",
    "sources.arrays",
    "sources.batches",
    "sources.sample",
    "sources",
    "coordinates",
    "objective",
    "trace",
    "solvers.run",
    "solvers.line_search",
    "solvers.gradient_descent",
    "solvers.lbfgs",
    "solvers.newton",
    "solvers.newton_cg",
    "solvers.orthant_newton",
    "solvers.sampled_newton",
    "solvers.kronecker_newton",
    "solvers.proximal_newton",
    "trust.inequalities",
    "trust.programmes",
    "trust.overlap",
    "trust.dependence",
    "trust.search",
    "trust.report",
    "trust.separation",
    "trust.bounds",
    "trust.certificate",
    "solvers.choose",
    "solvers",
    "rotation",
    "trust",
    "given",
    "inputs",
    "named_rows",
    "trials",
    "tables",
    "evaluate",
    "data",
    "parts",
    "design",
    "training",
    "trust.findings",
    "tables.inspected",
    "tables.findings",
    "params",
    "base_rate",
    "drop_in",
    "prediction",
    "rows",
    "fitted",
    "trust.duality",
    "trust.verify",
    "trust.standing",
    "trust.goodness",
    "trust.diagnostics",
    "trust.terms",
    "trust.explain",
    "trust.find",
    "trust.jeffreys",
    "trust.intercepts",
    "progress",
    "fitting",
    "estimator",
    "trust.printing",
    "trust.firth",
    "path",
    "folds",
    "selection",
    "cross_validation",
    "comparison",
    "trust.distributions",
    "trust.evidence",
    "trust.contrasts",
    "trust.information",
    "trust.sandwich",
    "trust.constrained",
    "trust.profile",
    "trust.summary",
    "trust.inference",
    "trust.hypotheses",
    "trust.intervals",
    "trust.effects",
    "trust.bootstrap",
    "show",
    "export",
    "cli",
]
MATHEMATICAL = (
    "core",
    "sources",
    "solvers",
    "objective",
    "training",
    "estimator",
    "prediction",
    "data",
)
TRANSCENDENTAL = {"exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "logaddexp"}
FILE_LINES, BODY_LINES, POSITIONAL, DEPTH = 300, 40, 5, 3
HEART_LINES = 2300
# Signatures that somebody else has fixed: the textbook's in its issue, scikit-learn's.
FIXED_SIGNATURES = {"textbook.fit"}


def name_of(path: Path) -> str:
    parts = path.relative_to(SRC).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def place(module: str) -> int:
    """Find where a module stands; a folder that is not split above stands as one."""
    while module and module not in ORDER:
        module = module.rpartition(".")[0]
    return ORDER.index(module) if module else len(ORDER)


def imports(tree: ast.AST) -> list[str]:
    sources = [n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    return [m.removeprefix("glasslogit.") for m in sources if m.startswith("glasslogit.")]


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_imports_run_down_the_list_and_never_up(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert not any(isinstance(node, ast.ImportFrom) and node.level for node in ast.walk(tree))
    here = place(name_of(path))
    if name_of(path) == "core.losses":  # its Hessian is asked of a block: a type, no import
        tree = ast.Module([n for n in tree.body if not isinstance(n, ast.If)], [])
    for module in imports(tree):
        assert place(module) <= here, f"{name_of(path)} imports {module}, which stands below it"


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_exp_and_log_only_in_losses(path: Path) -> None:
    if name_of(path) in {"core.losses", "textbook"}:
        return
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and node.attr in TRANSCENDENTAL:
            owner = node.value.id if isinstance(node.value, ast.Name) else ""
            assert owner not in {"np", "numpy", "math"}, f"{path}:{node.lineno}: {node.attr}"
        if isinstance(node, ast.ImportFrom) and node.module in {"math", "numpy"}:
            assert not TRANSCENDENTAL & {alias.name for alias in node.names}, path


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_products_with_the_rows_only_in_blocks(path: Path) -> None:
    """`X @ …` and its relatives touch rows; small arrays of θ-shape may be multiplied."""
    if name_of(path) in {"core.blocks", "textbook"}:
        return
    products = {"dot", "matmul", "einsum", "tensordot", "inner", "vdot"}
    for node in ast.walk(ast.parse(path.read_text())):
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
    allowed = {"core.blocks", "sources.arrays", "inputs", "tables.features"}
    uses = [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Name)]
    if name_of(path) not in allowed:
        assert "is_sparse" not in {node.id for node in uses}


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_files_are_short(path: Path) -> None:
    limit = 150 if name_of(path) == "textbook" else FILE_LINES
    assert len(path.read_text().splitlines()) <= limit


def functions(path: Path) -> list[ast.FunctionDef]:
    return [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.FunctionDef)]


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


def test_the_mathematical_heart_is_small() -> None:
    heart = [path for path in FILES if name_of(path).split(".")[0] in {"core", "solvers"}]
    assert sum(len(path.read_text().splitlines()) for path in heart) <= HEART_LINES


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_reading_a_call_tells_which_code_runs(path: Path) -> None:
    """No super() anywhere, and no hasattr but at the edge, where strangers' objects arrive."""
    text = path.read_text()
    assert "super()" not in text or name_of(path) == "errors"
    if name_of(path).split(".")[0] in {"core", "objective", "solvers", "training"}:
        assert "hasattr(" not in text


def test_the_data_layers_are_frozen() -> None:
    """Losses, penalties, blocks, passes and solvers cannot change once made."""
    from glasslogit import solvers
    from glasslogit.core import blocks, losses, passes, penalties

    for module in (losses, penalties, blocks, passes, solvers):
        for item in vars(module).values():
            if isinstance(item, type) and "__dataclass_params__" in vars(item):
                assert item.__dataclass_params__.frozen, item


def test_the_reading_order_of_the_docs_is_that_of_the_imports() -> None:
    text = (SRC.parent.parent / "docs" / "how_it_works.md").read_text()
    table = text.partition("## The files, in reading order")[2].partition("\nAround this")[0]
    links = re.findall(r"\(\.\./src/glasslogit/([\w/]+)(?:\.py)?\)", table)
    places = [place(link.replace("/", ".")) for link in links]
    shown = [ORDER[k] for k in dict.fromkeys(places)]
    folders = {"core", "sources", "solvers", "trust"}  # of which each file stands by itself
    around = {"show", "export", "cli"}
    assert shown == [name for name in ORDER if name not in folders | around]
