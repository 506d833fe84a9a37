"""Where rows live, and how a pass is added up over them."""

from glasslogit.core import Source
from glasslogit.sources.arrays import ArraySource
from glasslogit.sources.batches import Batch, BatchSource
from glasslogit.sources.threads import one_blas_thread, threads_of

__all__ = [
    "ArraySource",
    "Batch",
    "BatchSource",
    "Source",
    "one_blas_thread",
    "threads_of",
]
