"""The list of mutants that do the same as the source is of the source as it is."""

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EQUIVALENT = runpy.run_path(str(ROOT / "benchmarks/mutants/equivalents.py"))["EQUIVALENT"]


@pytest.mark.parametrize("path", sorted({path for path, _, _ in EQUIVALENT}))
def test_each_equivalent_mutant_is_of_lines_that_stand_in_its_file(path):
    """White space aside; of lines that are gone nothing is known."""
    source = (ROOT / "src/glasslogit" / path).read_text(encoding="utf-8")
    lines = {" ".join(line.split()) for line in source.splitlines()}
    ours = [(line, mutant) for other, line, mutant in EQUIVALENT if other == path]
    assert [line for line, _ in ours if line not in lines] == []
    assert [line for line, mutant in ours if line == mutant] == []
