"""How many threads read the data, and keeping BLAS to one inside them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any, ClassVar


def available_threads() -> int:
    """Count the processors this process may use.

    >>> available_threads() >= 1
    True
    """
    if hasattr(os, "sched_getaffinity"):  # not on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def threads_of(n_jobs: int | None) -> int:
    """Turn scikit-learn's `n_jobs` into threads: None is one, −1 all processors, −2 all but one.

    >>> threads_of(None), threads_of(3), threads_of(-1) == available_threads()
    (1, 3, True)
    """
    if n_jobs is not None and n_jobs < 0:
        return max(available_threads() + 1 + n_jobs, 1)
    return n_jobs or 1


@cache
def _controller() -> Any:
    try:
        from threadpoolctl import ThreadpoolController  # noqa: PLC0415
    except ImportError:
        return None
    return ThreadpoolController()


class _Limit:
    """BLAS kept to one thread while any fit is under way, and given back after the last."""

    lock: ClassVar = Lock()
    users: ClassVar[int] = 0
    limiter: ClassVar[Any] = None


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Keep BLAS to one thread inside, if threadpoolctl is there to do it.

    The limit holds for the whole process; fits that overlap in time share it.
    """
    with _Limit.lock:
        _Limit.users += 1
        if _Limit.users == 1 and _controller() is not None:
            _Limit.limiter = _controller().limit(limits=1, user_api="blas")
    try:
        yield
    finally:
        with _Limit.lock:
            _Limit.users -= 1
            if _Limit.users == 0 and _Limit.limiter is not None:
                _Limit.limiter.restore_original_limits()
