"""Importing glasslogit needs NumPy and loads nothing else."""

import json
import subprocess
import sys

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


def test_public_names() -> None:
    import glasslogit

    assert glasslogit.LogisticRegression.__name__ == "LogisticRegression"
    assert glasslogit.textbook.__name__ == "glasslogit.textbook"
    assert not hasattr(glasslogit, "nonsense")
