"""Measure the shape of the source: rooms, imports, what a call executes, what an extension reads.

    python benchmarks/house.py                   this checkout
    python benchmarks/house.py OLD_CHECKOUT .    two, side by side

A room is a folder, or a file that stands in none; a folder inside a folder is a room of its own.
An arrow leads from a room to another that it imports from, at any place in its files. A circle is a
set of rooms that all lead to each other. A room stands one layer above the highest that it leads
to; within a circle the imports that wait for a call are not counted for that, and those that then
do not lead to a lower layer run up. A chain goes from file to file, to where a name is defined:
faces (`__init__.py`) are looked through.

What a call executes is counted in a process of its own, on 2,000 rows of 5 columns, when all that
is imported on the way has been. The package's own requirements have to be there. What an extension
reads are the files that define what its toy in tests/test_extending.py uses.
"""

import argparse
import ast
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PACKAGE = "glasslogit"
SETUP = """
import sys, warnings
import numpy as np
import glasslogit
from glasslogit import LogisticRegression, summarize
warnings.simplefilter("ignore")
rng = np.random.default_rng(0)
X = rng.normal(size=(2000, 5))
y = (rng.random(2000) < 0.5 + 0.2 * np.tanh(X[:, 0])).astype(int)
model = LogisticRegression().fit(X, y)
home, seen = glasslogit.__file__.rpartition("/")[0], set()

def call():
    return {call}

def watch(frame, event, value):
    code = frame.f_code
    if event == "call" and code.co_filename.startswith(home):
        seen.add((code.co_filename, code.co_name, code.co_firstlineno))

call()
sys.setprofile(watch)
call()
sys.setprofile(None)
functions = {each for each in seen if not each[1].startswith("<")}
print(len({file for file, *_ in functions}), len(functions))
"""
CALLS = {
    "fit": "LogisticRegression().fit(X, y)",
    "predict_proba": "model.predict_proba(X)",
    "summarize": "summarize(model, X, y)",
}
IMITATED = {"penalty": ("core.penalties",)}  # it answers to the names of another
TOYS = ("solver", "source", "penalty", "export", "lesson")


@dataclass(frozen=True)
class Import:
    """A name that a file imports from a module; `deferred` if a function has to be called first."""

    module: str
    name: str
    deferred: bool


class House:
    """The source of one checkout."""

    def __init__(self, root: Path) -> None:
        """Read all files."""
        self.root, self.src = root, root / "src" / PACKAGE
        self.trees = {
            self.module_of(path): ast.parse(path.read_text("utf-8"))
            for path in sorted(self.src.rglob("*.py"))
        }
        self.imports = {module: [*imports_of(tree)] for module, tree in self.trees.items()}

    def module_of(self, path: Path) -> str:
        """Give the dotted name of a file below the package; that of a face is its folder's."""
        parts = path.relative_to(self.src).with_suffix("").parts
        return ".".join(part for part in parts if part != "__init__")

    def room_of(self, module: str) -> str:
        """Give the innermost folder of a file, or the file itself where it stands in none."""
        if (self.src / Path(*module.split(".")) / "__init__.py").exists():
            return module
        return module.rpartition(".")[0] or module

    def definition(self, module: str, name: str) -> str:
        """Find the file that defines a name which a module offers."""
        inside = f"{module}.{name}" if module else name
        if inside in self.trees:
            return inside
        for each in self.imports.get(module, []):
            if each.name == name and each.module in self.trees:
                return self.definition(each.module, name)
        return module

    def arrows(self, *, deferred: bool) -> dict[str, set[str]]:
        """Give the rooms that each room imports from; the root's face is none of them."""
        found: dict[str, set[str]] = {self.room_of(each): set() for each in self.trees if each}
        for module in filter(None, self.trees):
            here = self.room_of(module)
            for each in self.imports[module]:
                there = self.room_of(each.module if each.module in self.trees else "")
                counts = there and there != here and (deferred or not each.deferred)
                if counts and not there.startswith(f"{here}."):  # a face offers inner rooms too
                    found[here].add(there)
        return found

    @cached_property
    def layers(self) -> dict[str, int]:
        """Give the layer of each room: 1 for one that leads to no other."""
        all_of_them, at_once = self.arrows(deferred=True), self.arrows(deferred=False)
        ring = {room: k for k, each in enumerate(circles(all_of_them)) for room in each}
        counted = {
            a: {b for b in those if b in at_once[a] or a not in ring or ring[a] != ring.get(b)}
            for a, those in all_of_them.items()
        }
        return depths(counted)

    def upward(self) -> list[tuple[str, str]]:
        """List the arrows that do not run down."""
        pairs = [(a, b) for a, those in self.arrows(deferred=True).items() for b in those]
        return [(a, b) for a, b in pairs if self.layers[b] >= self.layers[a]]

    def chain(self) -> int:
        """Give the number of files on the longest chain of imports."""
        files = {*self.trees} - {""}
        needed = {
            module: {self.definition(each.module, each.name) for each in those if not each.deferred}
            for module, those in self.imports.items()
        }
        return max(depths({each: needed[each] & files - {each} for each in files}).values())

    def twins(self) -> list[str]:
        """List the public names of functions and classes that two files or more define."""
        kinds = ast.FunctionDef, ast.ClassDef
        names = Counter(
            node.name
            for tree in self.trees.values()
            for node in tree.body
            if isinstance(node, kinds)
        )
        return sorted(name for name, n in names.items() if n > 1 and not name.startswith("_"))

    def lines(self) -> int:
        """Count the lines of source."""
        return sum(len(path.read_text("utf-8").splitlines()) for path in self.src.rglob("*.py"))

    def executed(self, call: str) -> str:
        """Count the files and functions that a call executes."""
        path = os.pathsep.join([str(self.src.parent), os.environ.get("PYTHONPATH", "")])
        run = [sys.executable, "-c", SETUP.replace("{call}", call)]
        env = {**os.environ, "PYTHONPATH": path}
        out = subprocess.run(run, env=env, capture_output=True, text=True, check=True)  # noqa: S603
        return "{} files, {} functions".format(*out.stdout.split())

    def read_for(self, kind: str) -> str:
        """Name the files that define what a toy uses."""
        path = self.root / "tests" / "test_extending.py"
        if not path.exists():
            return "–"
        tree = ast.parse(path.read_text("utf-8"))
        homes = {each.name: self.definition(each.module, each.name) for each in imports_of(tree)}
        files = {*IMITATED.get(kind, ())}
        for node in tree.body:
            name = getattr(node, "name", ast.unparse(getattr(node, "targets", [node])[0]))
            if not name.lower().replace("_", "").startswith(f"toy{kind}"):
                continue
            files |= {homes[n.id] for n in ast.walk(node) if getattr(n, "id", "") in homes}
            if isinstance(node, ast.Assign):  # a script
                script = ast.parse(ast.literal_eval(node.value))
                files |= {each.module or "__init__" for each in imports_of(script)}
        return f"{len(files)}: {', '.join(sorted(files))}"


def imports_of(tree: ast.AST, *, deferred: bool = False) -> Iterator[Import]:
    """Give what a file imports from the package, but for what only type checkers read."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == PACKAGE:
            module = (node.module or "").partition(".")[2]
            yield from (Import(module, alias.name, deferred) for alias in node.names)
        inside = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        yield from imports_of(node, deferred=deferred or inside)


def depths(arrows: dict[str, set[str]]) -> dict[str, int]:
    """Give for each node the length of the longest way on from it; circles count once."""
    found: dict[str, int] = {}

    def depth(node: str, trail: tuple[str, ...] = ()) -> int:
        if node not in found:
            on = [other for other in sorted(arrows[node]) if other not in trail]
            found[node] = 1 + max((depth(other, (*trail, node)) for other in on), default=0)
        return found[node]

    for node in arrows:
        depth(node)
    return found


def circles(arrows: dict[str, set[str]]) -> list[list[str]]:
    """List the sets of nodes that all lead to each other."""
    reach = {node: reached(arrows, node) for node in arrows}
    sets = {tuple(sorted(b for b in reach[a] if a in reach[b])) for a in arrows}
    return [list(each) for each in sorted(sets) if each]


def reached(arrows: dict[str, set[str]], start: str) -> set[str]:
    """Give the nodes to which some way leads."""
    found, ahead = set[str](), [start]
    while ahead:
        new = arrows[ahead.pop()] - found
        found |= new
        ahead += new
    return found


def measures(house: House) -> dict[str, str]:
    """Measure one checkout."""
    arrows = house.arrows(deferred=True)
    figures = {
        "rooms": len(arrows),
        "layers": max(house.layers.values()),
        "arrows": sum(map(len, arrows.values())),
        "arrows up": len(house.upward()),
        "circles": len(circles(arrows)),
        "longest chain of files": house.chain(),
        "lines of source": house.lines(),
        "public names in two files or more": len(house.twins()),
    }
    shown = {name: f"{figure:,}" for name, figure in figures.items()}
    shown |= {f"executed by {name}": house.executed(call) for name, call in CALLS.items()}
    return shown | {f"files a toy {kind} reads": house.read_for(kind) for kind in TOYS}


def main() -> None:
    """Print the measures as a table, a column for each checkout."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    here = Path(__file__).resolve().parents[1]
    parser.add_argument("roots", nargs="*", type=Path, default=[here], help="checkouts")
    columns = [measures(House(root.resolve())) for root in parser.parse_args().roots]
    for name in columns[0]:
        print(f"| {name} | {' | '.join(column[name] for column in columns)} |")


if __name__ == "__main__":
    main()
