"""One file for each peer: `TOLERANCES`, loose to tight, and `fit(problem, tol)`.

`fit` gives coefficients (K or 1, d) and intercepts, or raises `NotImplementedError` for a
problem the peer cannot express. A peer that is not installed is left out, and said so.
"""
