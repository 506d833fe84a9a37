"""Mutation testing: change the source in small ways, and see whether a test notices.

    make mutants                        # 300 mutants with seed 0
    make mutants SEED=3 SAMPLE=500      # others
    make mutants ROOMS="core solvers"   # of these rooms only

The tests that reach each line are recorded first (benchmarks/mutants/.work, once for a state of
the tree). Then each mutant runs the tests that reach it, cheapest first, until one fails. Mutants
that no test can tell from the source, because they do the same, stand with the reason in
equivalents.py and are not counted.
"""

import argparse
import difflib
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path

# One thread to a process, no display, and the same examples of Hypothesis each time.
os.environ |= {
    "OPENBLAS_NUM_THREADS": "1", "CI": "true", "MPLBACKEND": "agg", "PYTHONDONTWRITEBYTECODE": "1",
}  # fmt: skip
sys.dont_write_bytecode = True

from equivalents import why_equivalent  # noqa: E402
from reach import Reach, collect, record  # noqa: E402
from sites import Mutant, mutants  # noqa: E402
from trial import Bench, Verdict, in_child, prepare  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
WORK = Path(__file__).parent / ".work"
CANARY = "trust/goodness.py"
ROOMS = ["core", "solvers", "trust", "tables", "inputs", "export"]


def files() -> list[str]:
    """Give what the tests need, as git knows it."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    return sorted(name for name in listed.stdout.splitlines() if (ROOT / name).is_file())


def copy(to: Path) -> Path:
    """Copy the tree."""
    for name in files():
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, to / name)
    return to


def state(paths: list[str]) -> str:
    """Give a word for the state of the source and of the tests that are asked for."""
    known = hashlib.sha256(repr(paths).encode())
    for name in files():
        if name.startswith(("src/", "tests/")):
            known.update(name.encode() + b"\0" + (ROOT / name).read_bytes() + b"\0")
    return known.hexdigest()[:16]


def recorded(paths: list[str], processes: int) -> tuple[Reach, list[Path]]:
    """Record which test reaches which line, unless it is known for this state of the tree.

    Gives with it a tree for each process, in which Python's bytecode of the tests is kept.
    """
    folder = WORK / state(paths)
    trees, done = [folder / f"tree{share}" for share in range(processes)], folder / "done"
    if not done.exists():
        shutil.rmtree(WORK, ignore_errors=True)
        print("Recording which test reaches which line (once for a state of the tree) ...")
        children = []
        for share, tree in enumerate(trees):
            copy(tree)
            children.append(in_child(tree, partial(record, tree, folder, paths, share, processes)))
        statuses = [os.waitpid(child, 0)[1] for child in children]
        if any(statuses):
            raise SystemExit(f"the tests could not be recorded: see {folder}/*.log")
        for tree in trees:
            os.waitpid(in_child(tree, partial(collect, paths)), 0)
        done.touch()
    return Reach(folder, trees), trees


def tried(benches: list[Bench], wanted: Iterator[Mutant]) -> Iterator[Verdict]:
    """Keep every bench busy, and give the verdicts as they come."""
    busy: dict[int, Bench] = {}
    free = list(benches)
    while True:
        while free and (mutant := next(wanted, None)) is not None:
            child = free[-1].start(mutant)
            if child is None:
                yield free[-1].end(None)
            else:
                busy[child] = free.pop()
        if not busy:
            return
        child, status = os.wait()
        bench = busy.pop(child)
        yield bench.end(status)
        free.append(bench)


def refuse_if_the_source_itself_is_killed(benches: list[Bench]) -> None:
    """Try the source unchanged: what kills it would kill anything."""
    source = (benches[0].tree / "src" / "glasslogit" / CANARY).read_text("utf-8")
    unchanged = Mutant(CANARY, "none", 1, 1, source, source)
    for verdict in tried(benches, iter([unchanged] * len(benches))):
        if verdict.killed:
            raise SystemExit(f"the unchanged source is killed: {verdict.how}")


def shown(verdict: Verdict) -> str:
    """Give a mutant as a diff."""
    mutant = verdict.mutant
    lines = difflib.unified_diff(
        mutant.before.splitlines(),
        mutant.after.splitlines(),
        mutant.path,
        mutant.path,
        "",
        "",
        1,
        "",
    )
    return "\n".join([f"{mutant.operator}: {verdict.how}", *list(lines)[2:], ""])


def main() -> None:
    """Draw a sample, try it and print what survives."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--rooms", nargs="+", default=ROOMS)
    parser.add_argument("--tests", nargs="+", default=["tests", "src"])
    given = parser.parse_args()
    prepare()
    reach, trees = recorded(given.tests, given.processes)
    print(
        f"{len(reach.usable)} tests; left out, as slow, skipped or failing: {len(reach.left_out)}."
    )
    benches = [Bench(tree, reach) for tree in trees]
    refuse_if_the_source_itself_is_killed(benches)
    source = ROOT / "src" / "glasslogit"
    drawn = islice(mutants(source, given.rooms, given.seed), given.sample)
    alive, equal, killed = [], [], 0
    for count, verdict in enumerate(tried(benches, drawn), 1):
        killed += verdict.killed
        if not verdict.killed:
            (equal if why_equivalent(verdict.mutant) else alive).append(verdict)
            print(shown(verdict), flush=True)
        if count % 25 == 0:
            print(
                f"{count} of {given.sample}: {len(alive)} alive, {len(equal)} equivalent",
                flush=True,
            )
        print(*verdict.mutant.changed, verdict.how, sep=" | ", file=sys.stderr, flush=True)
    real = killed + len(alive)
    print(f"Seed {given.seed}: {given.sample} mutants, {len(equal)} equivalent, {real} real,")
    print(f"{killed} killed, {len(alive)} alive: {killed / real:.1%}")


if __name__ == "__main__":
    main()
