"""Where rows live, and how a pass is added up over them."""

from glasslogit.sources.arrays import ArraySource
from glasslogit.sources.batches import BatchSource
from glasslogit.sources.source import Source

__all__ = ["ArraySource", "BatchSource", "Source"]
