"""What a record promises: it does not change, it compares by value or not at all, it prints itself.

Each file is run anew, since a decorator does its work as the file is run.
"""

import ast
import importlib
import importlib.util
import inspect
import re
from dataclasses import fields
from pathlib import Path
from types import ModuleType

import pytest

import glasslogit

SRC = Path(glasslogit.__file__).parent
TEXTS = {path: path.read_text("utf-8") for path in sorted(SRC.rglob("*.py"))}
FILES = [path for path, text in TEXTS.items() if "@dataclass" in text]
ABSTRACT = [path for path, text in TEXTS.items() if "import ABC" in text]
# What scikit-learn's clone and fit change, and a tally that its owner keeps.
CHANGE = {"Transformer", "StandardScaler", "PolynomialFeatures", "TableEncoder", "Work"}
# The == of an array is no truth, so records that hold one do not compare, nor those that hold them.
MARK = re.compile(r"@dataclass\(.*eq=False.*\)\nclass (\w+)")
NOT_COMPARED = {"ndarray", "NDArray", "Floats", "Labels", *MARK.findall("\n".join(TEXTS.values()))}


def run_anew(path: Path) -> ModuleType:
    """Run a file."""
    name = ".".join(["glasslogit", *path.relative_to(SRC).with_suffix("").parts])
    importlib.import_module(name)  # where it looks for its own name
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def records(path: Path) -> list[type]:
    """Run a file, and give the dataclasses that stand in it."""
    module = run_anew(path)
    found = [each for each in vars(module).values() if isinstance(each, type)]
    return [
        e for e in found if e.__module__ == module.__name__ and "__dataclass_params__" in vars(e)
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SRC)))
def test_records_do_not_change_and_compare_by_value_or_not_at_all(path: Path) -> None:
    for record in records(path):
        made = record.__dataclass_params__
        assert made.frozen == (record.__name__ not in CHANGE), record
        held = re.findall(r"\w+", " ".join(str(f.type) for f in fields(record) if f.compare))
        assert not (made.eq and NOT_COMPARED & set(held)), record
        printed = any(base.__name__ in {"Said", "Printable"} for base in record.__mro__)
        assert made.repr != printed, record


@pytest.mark.parametrize("path", ABSTRACT, ids=lambda path: str(path.relative_to(SRC)))
def test_what_a_kind_leaves_to_its_members_is_asked_of_them(path: Path) -> None:
    """A method that only says what it is for is abstract, so that no member goes without it."""
    tree, module = ast.parse(TEXTS[path]), run_anew(path)
    kinds = [
        each
        for each in tree.body
        if isinstance(each, ast.ClassDef) and "ABC" in map(ast.unparse, each.bases)
    ]
    for kind in kinds:
        methods = (each for each in kind.body if isinstance(each, ast.FunctionDef))
        said = {each.name for each in methods if len(each.body) == 1 and is_docstring(each.body[0])}
        assert said
        assert said == {*getattr(module, kind.name).__abstractmethods__}


def is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(SRC)))
def test_each_argument_can_be_given_by_its_name(path: Path) -> None:
    """Of functions and methods alike, but for those that operators call."""
    module = run_anew(path)
    ours = [each for each in vars(module).values() if is_of(each, module)]
    held = (vars(each).values() for each in ours if isinstance(each, type))
    methods = (getattr(each, "__func__", each) for part in held for each in part)
    for function in filter(inspect.isfunction, [*ours, *methods]):
        if is_of(function, module) and not function.__name__.startswith("__"):
            given = inspect.signature(function).parameters.values()
            assert all(each.kind is not each.POSITIONAL_ONLY for each in given), function


def is_of(thing: object, module: ModuleType) -> bool:
    return getattr(thing, "__module__", None) == module.__name__
