"""No damaged model file crashes, hangs, or loads unnoticed: a tenth of the benchmark's run."""

import importlib.util
import sys
import warnings
from pathlib import Path

import pytest

from glasslogit.errors import GlasslogitWarning

pytest.importorskip("pandas")
pytest.importorskip("formulaic")

SCRIPT = Path(__file__).parent.parent / "benchmarks" / "fuzz_model_files.py"


@pytest.fixture(scope="module")
def script():
    """The benchmark, which fits its models once."""
    spec = importlib.util.spec_from_file_location("fuzz_model_files", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look for their module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("seed", range(4))
def test_damaged_files_are_refused_or_load_as_what_they_say(script, seed):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GlasslogitWarning)
        count = script.fuzz(script.FILES // 40, seed, tell=str)
    assert count.outcomes["refused"] > 1000
    assert count.outcomes["another model, signed"] > 100
    assert not [fault for fault in count.faults if not fault.startswith("hang")]
