"""Importing glasslogit needs NumPy and loads nothing else."""

import json
import subprocess
import sys

import pytest

LOADED = """
import sys, json
import numpy, numpy.random
before = set(sys.modules)
import glasslogit
glasslogit.LogisticRegression().fit([[1], [2], [3], [4]], [0, 1, 0, 1]).predict([[1]])
print(json.dumps(sorted(set(sys.modules) - before)))
"""

BARE = """
import sys
class Only:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in sys.stdlib_module_names | {"numpy", "glasslogit"}:
            raise ImportError(f"{name} must not be imported")
sys.meta_path.insert(0, Only())
import glasslogit
model = glasslogit.LogisticRegression().fit([[1], [2], [3], [4]], [0, 1, 0, 1])
print(model.predict_proba([[2.5]])[0, 1])
"""

ALONE = """
import sys
from glasslogit import LogisticRegression, LogisticRegressionCV
for model in (LogisticRegression(C=2.0), LogisticRegressionCV(Cs=2, cv=2)):
    assert type(model)(**model.get_params()).set_params(tol=1e-3).tol == 1e-3
    print(repr(model), hasattr(model, "_repr_html_"), hasattr(model, "set_fit_request"))
    model.fit([[1], [2], [3], [4]] * 2, [0, 1, 0, 1] * 2)
    try:
        type(model)().predict([[1]])
    except ValueError as error:
        print(type(error).__mro__[1].__name__)
try:
    model.set_callbacks()
except AttributeError as error:
    print(error)
assert "sklearn" not in sys.modules
"""


def python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout


def test_a_fit_loads_nothing_but_numpy_and_the_standard_library() -> None:
    """Threadpoolctl is there in this environment, and asked for politely: it may be loaded."""
    modules = {name.partition(".")[0] for name in json.loads(python(LOADED))}
    assert modules - sys.stdlib_module_names - {"threadpoolctl", "numpy"} == {"glasslogit"}


def test_the_import_loads_glasslogit_alone() -> None:
    code = LOADED.replace("glasslogit.LogisticRegression", "#")
    modules = {name.partition(".")[0] for name in json.loads(python(code))}
    assert modules - sys.stdlib_module_names == {"glasslogit"}


def test_it_works_where_only_numpy_is_installed() -> None:
    assert float(python(BARE)) == 0.5


def test_without_scikit_learn_nothing_of_it_is_loaded_or_offered() -> None:
    lines = python(ALONE).splitlines()
    assert lines == [
        "LogisticRegression(C=2.0) False False",
        "GlasslogitError",
        "LogisticRegressionCV(Cs=2, cv=2) False False",
        "GlasslogitError",
        "LogisticRegressionCV has 'set_callbacks' where scikit-learn 1.9 or newer is loaded",
    ]


def test_public_names() -> None:
    import glasslogit

    assert glasslogit.LogisticRegression.__name__ == "LogisticRegression"
    assert glasslogit.textbook.__name__ == "glasslogit.textbook"
    assert set(dir(glasslogit)) == set(glasslogit.__all__)
    assert all(getattr(glasslogit, name) for name in dir(glasslogit))
    assert not hasattr(glasslogit, "nonsense")


def test_help_and_the_version_do_not_wait_for_what_reads_files() -> None:
    pytest.importorskip("typer", reason="the command line is made of typer")
    code = "import sys; from glasslogit.cli import run; run(['{}']); print(*sys.modules)"
    for word in ("--version", "--help"):
        assert not {"polars", "scipy"} & set(python(code.format(word)).split())
