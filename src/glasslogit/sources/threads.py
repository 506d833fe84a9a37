"""How many threads read the data, and keeping BLAS to one inside them."""

import os
from collections.abc import Iterable, Iterator
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
def _blas() -> list[Any]:
    """List the libraries of linear algebra that are loaded, if threadpoolctl is there to tell."""
    try:
        from threadpoolctl import ThreadpoolController  # noqa: PLC0415
    except ImportError:
        return []
    return list(ThreadpoolController().select(user_api="blas").lib_controllers)


def set_threads(wanted: Iterable[tuple[Any, int]]) -> None:
    """Give each library a number of threads, and leave it to any thread to give it another.

    threadpoolctl 3.8 lets the thread that was first do so alone, until that says it is done.
    """
    for library, threads in wanted:
        library.set_num_threads(threads)
        done = getattr(library, "clear_controlling_thread", None)
        if done is not None:
            done()


class _Limit:
    """BLAS kept to one thread while any fit is under way, and given back after the last."""

    lock: ClassVar = Lock()
    users: ClassVar[int] = 0
    before: ClassVar[list[tuple[Any, int]]] = []  # libraries that had more threads, and how many


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Keep BLAS to one thread inside, if threadpoolctl is there to do it.

    The limit holds for the whole process; fits that overlap in time share it.
    """
    with _Limit.lock:
        _Limit.users += 1
        if _Limit.users == 1:
            known = [(library, library.num_threads or 1) for library in _blas()]
            _Limit.before = [(library, threads) for library, threads in known if threads > 1]
            set_threads((library, 1) for library, _ in _Limit.before)
    try:
        yield
    finally:
        with _Limit.lock:
            _Limit.users -= 1
            if _Limit.users == 0:
                set_threads(_Limit.before)
