"""A command that takes long says on a terminal what it is at, and leaves the terminal as it was."""

import os
import signal
import sys
import time

import numpy as np
import pytest

from glasslogit import cli

pty = pytest.importorskip("pty")
pytest.importorskip("rich")

SHOW, HIDE = "\x1b[?25h", "\x1b[?25l"  # the cursor
RUN = """
import sys, time
from glasslogit import cli
from glasslogit.cli import progress, reading_options
progress.PATIENCE = {patience}
read = reading_options.read_file
def slow(*given, **how):
    time.sleep({seconds})
    return read(*given, **how)
reading_options.read_file = slow
sys.exit(cli.run(sys.argv[1:]))
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with a table, and a terminal of 100 columns."""
    x = np.random.default_rng(0).normal(size=300)
    y = np.where(x + np.random.default_rng(1).logistic(size=300) > 0, "yes", "no")
    rows = "\n".join(f"{a},{b}" for a, b in zip(x, y, strict=True))
    (tmp_path / "t.csv").write_text(f"x,y\n{rows}\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm")


def on_a_terminal(*line, patience=0.0, seconds=0.0, interrupt=""):
    """Run a command on a terminal of its own; give its exit code and all that it wrote.

    When it has written `interrupt`, Ctrl-C is pressed.
    """
    script = RUN.format(patience=patience, seconds=seconds)
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-c", script, *line])  # noqa: S606
    written = b""
    while True:
        try:
            more = os.read(terminal, 4096)
        except OSError:  # Linux's way to say that the other end is closed
            more = b""
        if not more:
            break
        written += more
        if interrupt and interrupt in written.decode(errors="replace"):
            interrupt = ""
            time.sleep(0.1)
            os.kill(child, signal.SIGINT)
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), written.decode()


@pytest.mark.usefixtures("here")
def test_each_stage_is_told_on_a_terminal_and_removed():
    code, written = on_a_terminal("fit", "t.csv", "--target=y", seconds=0.3)
    assert code == 0
    for doing in ("reading t.csv", "encoding", "fitting", "standard errors", "measuring"):
        assert doing in written
    assert written.count(HIDE) == written.count(SHOW) > 0
    assert written.rindex(SHOW) > written.rindex(HIDE)
    after = written[written.rindex(SHOW) :]
    assert "\x1b[2K" in after  # the line of the bar is erased


@pytest.mark.usefixtures("here")
def test_quick_work_shows_no_bar():
    code, written = on_a_terminal("fit", "t.csv", "--target=y", patience=2.0)
    assert code == 0
    assert HIDE not in written
    assert "fitting" not in written


@pytest.mark.usefixtures("here")
def test_an_interruption_leaves_a_clean_terminal():
    line = "fit", "t.csv", "--target=y"
    code, written = on_a_terminal(*line, seconds=20.0, interrupt="reading t.csv")
    assert code == 130
    assert written.count(HIDE) == written.count(SHOW) == 1
    assert written.endswith("\x1b[2Kglasslogit: interrupted\r\n")


@pytest.mark.usefixtures("here")
def test_nothing_is_shown_where_the_output_is_piped(capsys, monkeypatch):
    monkeypatch.setattr("glasslogit.cli.progress.PATIENCE", 0.0)
    assert cli.run(["fit", "t.csv", "--target=y"]) == 0
    out, err = capsys.readouterr()
    assert not err
    assert "reading" not in out
    assert "\x1b" not in out
