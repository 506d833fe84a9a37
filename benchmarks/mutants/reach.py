"""Which test reaches which line, and how long it takes: recorded once for a state of the tree."""

import json
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import coverage
import pytest

# They read the source or the pages instead of running the code, and would fail for any change.
STRUCTURAL = ("tests/test_architecture.py", "tests/test_docs.py")
IGNORED = [f"--ignore={each}" for each in STRUCTURAL]
OPTIONS = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--no-header", "--tb=line"]
SLOWEST = 10.0  # a test that takes longer, in seconds of the processor, is left out


class Recorder:
    """Tell coverage which test is running, and note its time and whether it passes."""

    def __init__(self, cover: coverage.Coverage, share: int, shares: int) -> None:
        self.cover, self.share, self.shares = cover, share, shares
        self.seconds, self.failed = {}, set()

    def pytest_collection_modifyitems(self, items: list) -> None:
        """Keep the tests of this share."""
        items[:] = items[self.share :: self.shares]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item):
        """Run a test in a context of its own."""
        self.cover.switch_context(item.nodeid)
        start = time.process_time()
        signal.signal(signal.SIGPROF, too_slow)
        signal.setitimer(signal.ITIMER_PROF, SLOWEST)
        try:
            return (yield)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            self.seconds[item.nodeid] = time.process_time() - start
            self.cover.switch_context("")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test that says nothing about a mutant, since it does not pass without one."""
        if report.failed or report.skipped:
            self.failed.add(report.nodeid)


def too_slow(*_: object) -> None:
    """End a test that takes so long that no mutant should wait for it."""
    pytest.fail("takes too long", pytrace=False)


def record(tree: Path, folder: Path, paths: list[str], share: int, shares: int) -> int:
    """Run a share of the tests with coverage, in a process of its own."""
    cover = coverage.Coverage(
        data_file=str(folder / f"lines.{share}"),
        source=[str(tree / "src" / "glasslogit")],
        config_file=False,
    )
    cover.start()
    recorder = Recorder(cover, share, shares)
    pytest.main([*OPTIONS, *paths, *IGNORED], plugins=[recorder])
    cover.stop()
    cover.save()
    known = {"seconds": recorder.seconds, "failed": sorted(recorder.failed)}
    (folder / f"tests.{share}.json").write_text(json.dumps(known), "utf-8")
    return 0


def collect(paths: list[str]) -> int:
    """Collect the tests, and let Python keep the bytecode of all that is imported."""
    sys.dont_write_bytecode = False
    return int(pytest.main([*OPTIONS, *paths, *IGNORED, "--collect-only"]))


class Reach:
    """What was recorded."""

    def __init__(self, folder: Path, trees: list[Path]) -> None:
        self.seconds, failed, self.data = {}, set(), []
        for share, tree in enumerate(trees):
            known = json.loads((folder / f"tests.{share}.json").read_text("utf-8"))
            self.seconds |= known["seconds"]
            failed |= set(known["failed"])
            data = coverage.CoverageData(str(folder / f"lines.{share}"))
            data.read()
            self.data.append((data, tree / "src" / "glasslogit"))
        self.left_out = sorted(failed)
        self.usable = set(self.seconds) - failed

    def tests(self, path: str, lines: Iterable[int]) -> list[str]:
        """Give the tests that reach a line, cheapest first.

        A line that runs as the module is imported, such as a constant, is reached by no test in
        particular: all tests that reach the file are those that may depend on it.
        """
        wanted, found, anywhere = set(lines), set[str](), set[str]()
        imported = False
        for data, source in self.data:
            for line, contexts in data.contexts_by_lineno(str(source / path)).items():
                anywhere |= set(contexts)
                if line in wanted:
                    found |= set(contexts)
                    imported |= "" in contexts
        chosen = anywhere if imported or not found else found
        return sorted(chosen & self.usable, key=lambda test: (self.seconds[test], test))
