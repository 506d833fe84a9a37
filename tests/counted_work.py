"""Count the work of a fit as `glasslogit.core.work` does: in multiplications, not in seconds."""

import gc
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from glasslogit.core import Block, roots
from glasslogit.core.blocks import SparseBlock
from glasslogit.core.dense_block import DenseBlock
from glasslogit.core.losses import Binomial, Multinomial
from glasslogit.solvers.costs import MARGIN, PAIRED


class Count:
    """The work so far."""

    total = 0.0


@contextmanager
def counted_work() -> Iterator[Count]:
    """Count products with rows, Gram matrices, inverses and the losses of rows."""
    count = Count()
    with pytest.MonkeyPatch.context() as patch:

        def counting(owner: Any, name: str, cost: Any) -> None:
            plain = getattr(owner, name)

            def counted(*args: Any, **kwargs: Any) -> Any:
                count.total += cost(*args)
                return plain(*args, **kwargs)

            patch.setattr(owner, name, counted)

        def half(block: Block, theta: Any, *_: Any) -> float:
            return block.work().product * np.shape(theta)[-1] / 2

        for kind in DenseBlock, SparseBlock:
            counting(kind, "product", half)
            counting(kind, "gram", lambda block, *_: block.work().gram)
            counting(kind, "moments", half)
        counting(Block, "pullback", half)
        grams = DenseBlock.grams

        def counted_grams(block: DenseBlock, h: Any, centre: Any) -> Any:
            before, found = count.total, grams(block, h, centre)
            if count.total == before:  # of the products of every two columns, not one by one
                n, d = block.X.shape
                count.total += (len(found) + PAIRED) * n * d**2 / 2
            return found

        patch.setattr(DenseBlock, "grams", counted_grams)
        counting(roots, "inverse_root", lambda R, _: len(R) ** 3 / 2)
        counting(np.linalg, "solve", lambda A, _: len(A) ** 3 / 2)
        for loss in Binomial, Multinomial:
            for name in "value", "evaluate":  # which asks for the value
                counting(loss, name, lambda _, z, *__: MARGIN * np.size(z) / 2)
            counting(loss, "curvature_product", lambda _, p, *__: MARGIN * np.size(p) / 5)
        yield count


def counted_calls(work: Callable[[], object]) -> Counter[str]:
    """Count the calls of functions, of Python's and of NumPy's, by their names.

    No garbage is collected meanwhile: who listens to that is called at any time.
    """
    calls = Counter[str]()

    def seen(frame: Any, event: str, function: Any) -> None:
        if event == "call":
            calls[frame.f_code.co_qualname] += 1
        elif event == "c_call":
            calls[getattr(function, "__qualname__", repr(function))] += 1

    gc.disable()
    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(None)
        gc.enable()
    return calls
