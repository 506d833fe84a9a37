"""Where rows live, and how a pass is added up over them."""

from glasslogit.core.source import Source
from glasslogit.sources.arrays import ArraySource
from glasslogit.sources.batches import BatchSource

__all__ = ["ArraySource", "BatchSource", "Source"]
