"""Separation and overlap by construction, 1,000 data sets: misses and false alarms.

Prints a line for each kind of data set: how many, how many were judged as they were made, and
what the judgement rested on.
"""

import sys
import warnings
from collections import Counter
from pathlib import Path
from time import perf_counter

import numpy as np

from glasslogit import LogisticRegression

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from separation_cases import OVERLAP, SEPARATED, generate

DATA_SETS = 1000


def main() -> None:
    """Judge every data set; end with status 1 if one was misjudged."""
    made, right, proofs = Counter[str](), Counter[str](), Counter[tuple[str, str]]()
    began = perf_counter()
    for seed in range(DATA_SETS):
        makers = SEPARATED if seed % 2 else OVERLAP
        name = makers[seed // 2 % len(makers)].__name__
        case = generate(seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = LogisticRegression(C=np.inf).fit(case.X, case.y, case.weight).separation_
        made[name] += 1
        right[name] += found.kind == case.kind
        proofs[name, found.proof] += 1
    for name, count in made.items():
        by = ", ".join(f"{n} by {proof}" for (of, proof), n in proofs.items() if of == name)
        print(f"{name:24} {count:5} made  {right[name]:5} right  {by}")
    print(f"{right.total()} of {made.total()} right in {perf_counter() - began:.0f} s")
    sys.exit(right != made)


if __name__ == "__main__":
    main()
