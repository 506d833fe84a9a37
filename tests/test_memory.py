"""What a file needs in memory on the command line: the file is never there, its columns once."""

import io
import tracemalloc
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("polars", reason="files are read with polars")
pytest.importorskip("typer", reason="the command line needs it")

ROWS = 40_000, 80_000


def people(path: Path, n: int) -> int:
    """Write n rows of measurements with many digits, whole numbers and texts; give their bytes."""
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=(3, n)).tolist()
    ages, towns = rng.integers(18, 90, (2, n)).tolist(), rng.integers(0, 8, (3, n)).tolist()
    left = (rng.random(n) < 1 / (1 + np.exp(-np.array(numbers[0])))).tolist()
    names = ["Antwerp", "Bruges", "Brussels", "Ghent", "Leuven", "Mons", "Namur", "Ypres"]
    rows = zip(*numbers, *ages, *towns, left, strict=True)
    lines = (
        f"{a!r},{b!r},{c:.2f},{d},{e},{names[f]},{names[g]},{names[h]},{'leaves' if y else 'stays'}"
        for a, b, c, d, e, f, g, h, y in rows
    )
    return path.write_text("a,b,c,d,e,f,g,h,y\n" + "\n".join(lines))


def most_of(arguments: list[str]) -> int:
    """The most bytes that Python and NumPy hold at once during a command, after its imports."""
    from glasslogit.cli.commands import call

    with redirect_stdout(io.StringIO()):
        assert call(arguments) == (0, "")
        tracemalloc.start()
        try:
            call(arguments)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a small file be read, and its rows be made, in as many pieces as those of a large one."""
    from glasslogit.tables import file_bytes, pieces
    from glasslogit.tables.encoding import encoded

    monkeypatch.setattr(pieces, "BYTES", 2**16)
    monkeypatch.setattr(file_bytes, "PIECE", 2**16)
    monkeypatch.setattr(encoded, "MADE_AT_ONCE", 0)


@pytest.mark.usefixtures("small_pieces")
def test_more_rows_need_no_more_memory_than_three_times_their_bytes(tmp_path: Path) -> None:
    """Of the file nothing is kept, and of its columns no copy, whatever is computed of them."""
    path = tmp_path / "people.csv"
    few, many = ((people(path, n), most_of(["fit", str(path), "--target", "y"])) for n in ROWS)
    assert many[1] - few[1] < 3 * (many[0] - few[0])
