"""The rows of the benchmark: a name and how its problem is made. A row more is a line more.

What stands behind the generator's own arguments is the problem's: C, l1_ratio, task, resamples.
"""

from collections.abc import Callable

import numpy as np
from generators import (
    INCOME,
    crossed,
    from_file,
    one_hot,
    path,
    people,
    problem,
    real,
    shipped,
    softmax,
    survey,
    tall,
    text,
    wide,
)
from tasks import Problem

CENSUS = (2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 5, 6, 6, 7, 7, 8, 8, 8, 9, 9, 10, 10, 15, 17, 24, 38)
CENSUS += (43, 43, 43, 47, 50, 51)  # 33 variables, 500 levels
CLICKS = (2, 5, 10, 30, 100, 350, 700, 1000, 1303)  # 9 variables, 3,500 levels
COMPUTERS = (1, 2, 3, 4, 5)  # the classes of comp.*
NEWS = "news20_tfidf_train"
NONE = np.inf  # the C of no penalty

PROBLEMS: dict[str, Callable[[], Problem]] = {
    "tall, 500,000 × 50": problem(tall, 500_000, 50),
    "tall, no penalty": problem(tall, 500_000, 50, C=NONE),
    "tall, nearly dependent columns": problem(tall, 300_000, 50, noise=0.03),
    "tall, raw columns": problem(tall, 300_000, 30, raw=True),
    "tall, 1 event in 10,000": problem(tall, 500_000, 20, rare=11.5),
    "tall, few columns: 1,000,000 × 8": problem(tall, 1_000_000, 8),
    "dense, 60,000 × 300": problem(tall, 60_000, 300),
    "dense, 7,000 × 30": problem(tall, 7_000, 30),
    "dense, 7,000 × 30, L1": problem(tall, 7_000, 30, C=0.1, l1_ratio=1.0),
    "softmax, 60,000 × 100, 10 classes": problem(softmax, 60_000, 100, 10),
    "softmax, 60,000 × 784, 10 classes": problem(softmax, 60_000, 784, 10),
    "one-hot, 300,000 × 500": problem(one_hot, 300_000, CENSUS),
    "one-hot, 220,000 × 3,500": problem(one_hot, 220_000, CLICKS),
    "survey, 300,000 rows": problem(survey, 300_000, 33),
    "survey, 300,000 rows, L1": problem(survey, 300_000, 33, C=0.1, l1_ratio=1.0),
    "survey, 6,500 rows": problem(survey, 6_500, 6),
    "survey, 6,500 rows, L1": problem(survey, 6_500, 6, l1_ratio=1.0),
    "survey, separable": problem(survey, 6_500, 6, separable=True),
    "survey, separable, L1": problem(survey, 6_500, 6, separable=True, l1_ratio=1.0),
    "census, pairs of columns": problem(crossed),
    "census, pairs of columns, L1": problem(crossed, l1_ratio=1.0),
    "census, pairs of columns, no penalty": problem(crossed, C=NONE),
    "wide dense, 200 × 10,000": problem(wide, 200, 10_000),
    "wide dense, 72 × 7,000": problem(wide, 72, 7_000),
    "text, 20,000 × 47,000": problem(text, 20_000, 47_000),
    "text, C = 100": problem(text, 20_000, 47_000, C=100.0),
    "text, L1, hundreds left": problem(text, 20_000, 47_000, l1_ratio=1.0),
    "text, L1, thousands left": problem(text, 20_000, 47_000, C=5.0, l1_ratio=1.0),
    "word counts, 2,000 × 5,000": problem(text, 2_000, 5_000, counts=True),
    "word counts, C = 0.01": problem(text, 2_000, 5_000, counts=True, C=0.01),
    "word counts, L1": problem(text, 2_000, 5_000, counts=True, l1_ratio=1.0),
    "word counts, C = 0.1, L1": problem(text, 2_000, 5_000, counts=True, C=0.1, l1_ratio=1.0),
    "word counts, 20,000 × 60,000": problem(text, 20_000, 60_000, length=150.0, counts=True),
    "word counts, 20,000 × 60,000, C = 0.01": problem(
        text, 20_000, 60_000, length=150.0, counts=True, C=0.01
    ),
    "word counts, 20,000 × 60,000, C = 0.1, L1": problem(
        text, 20_000, 60_000, length=150.0, counts=True, C=0.1, l1_ratio=1.0
    ),
    "elastic-net path, 5 folds": problem(path, 10_000, 100),
    "breast cancer": problem(shipped, "breast_cancer", scale=True),
    "breast cancer, raw": problem(shipped, "breast_cancer"),
    "iris": problem(shipped, "iris"),
    "wine, raw": problem(shipped, "wine"),
    "digits": problem(shipped, "digits"),
    "bootstrap, breast cancer, 1,000 resamples": problem(
        shipped, "breast_cancer", scale=True, task="bootstrap", resamples=1000
    ),
    "bootstrap, 569 × 30, no penalty, 1,000 resamples": problem(
        tall, 569, 30, C=NONE, task="bootstrap", resamples=1000
    ),
    "predict_proba of one row": problem(shipped, "breast_cancer", task="one_row"),
    "predict_proba of 1,000,000 rows": problem(tall, 1_000_000, 20, task="all_rows"),
    "CSV to a model, 1,000,000 people": problem(people, 1_000_000),
    "CSV to a model, the census": problem(from_file, INCOME, "income"),
    "a9a": problem(real, "a9a"),
    "w8a": problem(real, "w8a"),
    "celeba": problem(real, "celeba_adbench"),
    "cover": problem(real, "cover_adbench"),
    "dna": problem(real, "dna"),
    "letters": problem(real, "letterrecognition"),
    "shuttle": problem(real, "shuttle"),
    "spambase, raw": problem(real, "spambase"),
    "zip code digits": problem(real, "zip_train"),
    "20 newsgroups, comp.* or not": problem(real, NEWS, positive=COMPUTERS),
    "20 newsgroups, comp.* or not, L1": problem(real, NEWS, positive=COMPUTERS, l1_ratio=1.0),
    "20 newsgroups, 20 classes": problem(real, NEWS),
}
