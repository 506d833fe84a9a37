"""Why we lose where we do, row by row; shown where the measured ratio is below 1.

A reason is what a profile has shown (docs/where_the_time_goes.md), in a sentence.
"""

FEW = "Half of a fit of so few rows is a hundred short calls of Python and NumPy."
FLOAT32 = "The other works in float32, which halves each product."
DUAL = "The other works in float32 on the dual problem, whose steps read few rows."

REASONS = {
    "breast cancer": FEW,
    "breast cancer, raw": FEW,
    "iris": FEW,
    "wine, raw": FEW,
    "spambase, raw": FEW,
    "dense, 7,000 × 30": FEW,
    "dense, 7,000 × 30, L1": FEW,
    "wide dense, 200 × 10,000": FLOAT32,
    "wide dense, 72 × 7,000": FLOAT32,
    "text, C = 100": DUAL,
    "text, 20,000 × 47,000": DUAL,
    "w8a": DUAL,
    "letters": "A step takes 325 Gram matrices, one for each two classes, too small for BLAS.",
}
