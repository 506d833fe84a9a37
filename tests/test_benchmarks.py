"""The table of the benchmark is well formed, a row runs, the report says what was measured."""

import importlib
import inspect
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn")
pytest.importorskip("matplotlib")

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


@pytest.fixture
def part(monkeypatch):
    """Import a part of the benchmark."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # from which a peer knows how many it may take
    return importlib.import_module


def test_each_row_has_a_task_and_arguments_that_its_generator_takes(part):
    rows, tasks = part("rows"), part("tasks")
    for name, problem in rows.PROBLEMS.items():
        parts = inspect.getclosurevars(problem).nonlocals
        inspect.signature(parts["make"]).bind(*parts["given"], **dict(parts["own"]))
        settings = parts["settings"]
        assert set(settings) <= set(tasks.Problem._fields), name
        assert settings.get("task", "fit") in tasks.TASKS, name
        assert ("L1" in name) <= (settings.get("l1_ratio") == 1.0), name


def test_ours_does_every_task_and_meets_another_there(part):
    needed = {task.needs for task in part("tasks").TASKS.values()}
    ours, other = part("peers.glasslogit"), part("peers.sklearn_lbfgs")
    assert all(hasattr(ours, name) for name in needed)
    assert all(hasattr(other, name) for name in needed - {"path"})


@pytest.mark.parametrize(
    ("make", "given", "more"),
    [
        ("tall", (60, 5), {"raw": True}),
        ("softmax", (60, 5, 3), {}),
        ("one_hot", (60, (2, 3, 4)), {}),
        ("survey", (200, 3), {}),
        ("survey", (200, 3), {"separable": True}),
        ("wide", (20, 50), {}),
        ("text", (60, 100), {}),
        ("text", (60, 100), {"counts": True}),
        ("path", (60, 5), {}),
    ],
)
def test_a_generator_makes_the_same_rows_of_every_class_each_time(part, make, given, more):
    generators = part("generators")
    made = getattr(generators, make)
    X, y, *_ = made(*given, **more)
    again, *_ = made(*given, **more)
    assert X.shape[0] == len(y) == given[0]
    assert sorted(set(y.tolist())) == [*range(y.max() + 1)]
    assert (again != X).sum() == 0


def test_the_separable_survey_is_separable_and_the_other_is_not(part):
    from glasslogit import LogisticRegression

    survey = part("generators").survey
    found = {}
    for separable in (True, False):
        X, y = survey(2000, 3, separable=separable)
        model = LogisticRegression(C=1e4).fit(X, y)
        found[separable] = model.score(X, y)
    assert found[True] == 1.0 > found[False]


def test_the_census_has_a_level_of_each_variable_and_of_each_pair_in_every_row(part):
    X, y = part("generators").crossed()
    assert X.shape[0] == len(y) == 32_061
    assert set(X.getnnz(axis=1)) == {14 + 14 * 13 // 2}
    assert y.sum() == 7_722


def test_resamples_are_judged_by_the_rows_that_were_drawn(part):
    tasks, peer = part("tasks"), part("peers.glasslogit")
    X, y = part("generators").tall(80, 3)
    problem = tasks.Problem(X, y, task="bootstrap", resamples=4)
    ours = tasks.of_resamples(problem, peer.bootstrap(problem, 1e-10))
    for found, weight in zip(ours, tasks.resamples(problem), strict=True):
        drawn = problem._replace(X=np.repeat(X, weight, 0), y=np.repeat(y, weight), task="fit")
        (best,) = tasks.of_fit(drawn, peer.fit(drawn, 1e-10))
        assert found == pytest.approx(best, rel=1e-6)


def test_a_tiny_row_runs_and_ours_is_at_the_optimum_of_the_others():
    peers = ("sklearn_lbfgs", "sklearn_saga")
    command = [sys.executable, BENCHMARKS / "run.py", "--quick", "iris", "--peers", *peers]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    reached = [line for line in run.stdout.splitlines() if "gap" in line and "inf" not in line]
    assert [line.split(": ")[1] for line in reached] == ["glasslogit", "sklearn_lbfgs"]
    assert "iris: sklearn_saga: used for L1" in run.stdout


def measured(problem, library, cpu, objective=1.0, **more):
    rung = {"cpu": cpu, "wall": cpu, "peak": 0.0, "objectives": [objective], "note": "",
            "nonzeros": 1, "index": 0, "gap": 0.0}  # fmt: skip
    about = {"shape": [9, 2], "stored": None, "bytes": 144, "unit": 1e-6, "stopped": None, "run": 1}
    row = {"problem": problem, "library": library, "threads": 1, "rungs": [rung]}
    return row | about | more


def test_the_report_counts_wins_names_each_loss_with_its_reason_and_takes_the_mean(
    part, tmp_path, monkeypatch
):
    results, report, reasons = part("results"), part("report"), part("reasons")
    lines = [
        measured("iris", "glasslogit", 4.0),
        measured("iris", "glum", 1.0),
        measured("digits", "glasslogit", 1.0),
        measured("digits", "glum", 16.0),
        measured("a9a", "glasslogit", 1.0),
        measured("a9a", "glum", 6.0, objective=2.0, stopped="too long", over=6.0),
        measured("w8a", "glasslogit", 1.0, objective=2.0),
        measured("w8a", "glum", 1.0),
        {"run": 1, "minutes": 38.2},
    ]
    monkeypatch.setattr(results, "RESULTS", tmp_path / "results.jsonl")
    monkeypatch.setattr(report, "HERE", tmp_path)
    results.RESULTS.write_text("\n".join(map(json.dumps, lines)))
    report.write()
    text = (tmp_path / "README.md").read_text("utf-8")
    assert "one run of 38 minutes" in text
    assert "Of 4 problems we are the fastest on **2** and not on **2**" in text
    assert "geometric mean of the 2 ratios is **2.00**" in text
    assert "No other gets there in time on a9a" in text
    assert f"| iris | 0.25 | glum | {reasons.REASONS['iris']} |" in text
    assert f"| w8a | we do not get there | glum | {reasons.REASONS['w8a']} |" in text
    assert "| > 6 s |" in text


def test_a_reason_is_of_a_row(part):
    assert set(part("reasons").REASONS) <= set(part("rows").PROBLEMS)
