"""Fixtures over every loss and every kind of source; settings of the property tests."""

import gc
import os
import warnings
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from glasslogit.core.losses import Loss
from problems import LOSSES, SOURCES

settings.register_profile(
    "default",
    deadline=None,
    max_examples=40,
    derandomize=os.environ.get("CI") == "true",
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("default")

gc.disable()  # until the tests are collected: they stay, and to walk them again takes seconds


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


def pytest_unconfigure() -> None:
    gc.unfreeze()  # so that what libraries hold is let go at the end


@pytest.fixture(params=SOURCES)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=list(LOSSES))
def loss(request: pytest.FixtureRequest) -> tuple[Loss, int]:
    return LOSSES[request.param]


@pytest.fixture
def quiet() -> Iterator[None]:
    """Let a fit end early without a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
