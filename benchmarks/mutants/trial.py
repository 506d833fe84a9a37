"""One mutant: a forked child of an interpreter that has everything but glasslogit imported."""

import importlib
import json
import os
import resource
import signal
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from reach import OPTIONS, Reach
from sites import Mutant

# What the tests import, so that a child need not. None of it may start threads on import.
PEERS = [
    "hypothesis", "matplotlib.pyplot", "mpmath", "narwhals", "numpy.testing", "pandas", "polars",
    "pyarrow", "rich.console", "scipy.optimize", "scipy.sparse", "scipy.stats", "sklearn.datasets",
    "sklearn.linear_model", "sklearn.model_selection", "sklearn.pipeline", "statsmodels.api",
    "threadpoolctl", "typer.testing",
]  # fmt: skip
PATIENCE = 10.0  # times what a test took when it was recorded, and
AT_LEAST = 15.0  # seconds more
FILES, OF_EACH = 3, 15  # of so many files so many tests are run before the others are collected
IDLE = 1800.0  # seconds by the clock: for what waits without working, on a machine of any load
MEMORY = 12 * 2**30  # bytes of addresses that a child may have


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant: killed by a failing test, by time or memory, or alive."""

    mutant: Mutant
    killed: bool
    how: str


class Judge:
    """Keep the chosen tests, the cheapest first, each under a limit of processor time."""

    def __init__(self, order: dict[str, float], note: Path) -> None:
        self.order, self.note = order, note

    def pytest_collection_modifyitems(self, items: list) -> None:
        """Choose and sort."""
        chosen = [item for item in items if item.nodeid in self.order]
        items[:] = sorted(chosen, key=lambda item: self.order[item.nodeid])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item):
        """Set the limits, note which test is running and run it."""
        limit = AT_LEAST + PATIENCE * self.order[item.nodeid]
        signal.setitimer(signal.ITIMER_PROF, limit)
        signal.setitimer(signal.ITIMER_REAL, IDLE)
        self.note.write_text(json.dumps(item.nodeid), "utf-8")
        return (yield)


def prepare() -> None:
    """Import the peers once, for all children; those that pytest has to rewrite, through it."""
    with TemporaryDirectory() as empty, redirect_stdout(StringIO()):
        pytest.main(["-q", "-p", "no:cacheprovider", "--rootdir", empty, empty])
    for name in PEERS:
        try:
            importlib.import_module(name)
        except ImportError:
            print(f"without {name}")
    if any(name.startswith("glasslogit") for name in sys.modules):
        raise RuntimeError("glasslogit was imported before there is a mutant of it")


def first_batch(order: list[str]) -> set[str]:
    """Choose the cheapest tests of the files with most: each file costs an import."""
    files = Counter(test.partition("::")[0] for test in order)
    near = [test for test in order if test.startswith("src/")][:OF_EACH]
    chosen = [file for file, _ in files.most_common() if not file.startswith("src/")][:FILES]
    for file in chosen:
        near += [test for test in order if test.startswith(f"{file}::")][:OF_EACH]
    return set(near)


def log_of(tree: Path) -> Path:
    """Say where what a child prints is kept."""
    return tree.parent / f"{tree.name}.log"


def in_child(tree: Path, work: Callable[[], int]) -> int:
    """Fork; in the child do the work in the tree, and end with what it gives."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        with log_of(tree).open("w") as log:
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
        os.chdir(tree)
        os.environ["PYTHONPATH"] = str(tree / "src")
        sys.path.insert(0, str(tree / "src"))
        code = work()
    except BaseException as error:  # noqa: BLE001  a mutant may raise anything
        print(repr(error))
    finally:
        sys.stdout.flush()
        os._exit(code)


class Bench:
    """A copy of the tree in which one mutant at a time is tried."""

    def __init__(self, tree: Path, reach: Reach) -> None:
        self.tree, self.reach, self.mutant = tree, reach, None

    def start(self, mutant: Mutant) -> int | None:
        """Put the mutant in place and fork; None if no test reaches it."""
        order = self.reach.tests(mutant.path, range(mutant.first, mutant.last + 1))
        self.mutant = mutant
        if not order:
            return None
        self._put(mutant.after)
        return in_child(self.tree, lambda: self._run(order))

    def _put(self, text: str) -> None:
        """Write the source, and remove what Python has kept of it."""
        self.source.write_text(text, "utf-8")
        for kept in (self.source.parent / "__pycache__").glob(f"{self.source.stem}.*"):
            kept.unlink()

    @property
    def note(self) -> Path:
        """Say where a child notes the test that it is running."""
        return self.tree.parent / f"{self.tree.name}.note"

    @property
    def source(self) -> Path:
        """Say which file is changed."""
        return self.tree / "src" / "glasslogit" / self.mutant.path

    def _run(self, order: list[str]) -> int:
        """Run the tests, a first batch apart: most mutants do not outlive it."""
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        self.note.write_text('"the import"', "utf-8")
        first = first_batch(order)
        for batch in (first, [test for test in order if test not in first]):
            judge = Judge({test: self.reach.seconds[test] for test in batch}, self.note)
            files = {test.partition("::")[0] for test in batch}
            files = sorted(
                files, key=lambda file: (file.startswith("src/"), file)
            )  # as pyproject.toml has it
            code = pytest.main([*OPTIONS, "-x", *files], plugins=[judge]) if batch else 0
            if code:
                return int(code)
        return 0

    def end(self, status: int | None) -> Verdict:
        """Judge the child by how it ended, and put the source back."""
        mutant = self.mutant
        if status is None:
            return Verdict(mutant, killed=False, how="no test reaches it")
        self._put(mutant.before)
        test = json.loads(self.note.read_text("utf-8"))
        if os.WIFSIGNALED(status):
            return Verdict(
                mutant, killed=True, how=f"{signal.strsignal(os.WTERMSIG(status))} in {test}"
            )
        code = os.WEXITSTATUS(status)
        if code == pytest.ExitCode.NO_TESTS_COLLECTED:
            raise RuntimeError(f"no test was collected: see {log_of(self.tree)}")
        return Verdict(mutant, killed=code != 0, how=test if code else "all its tests pass")
