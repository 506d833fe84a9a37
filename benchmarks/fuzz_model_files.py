"""Whether a damaged model file can crash, hang, or load unnoticed.

`python benchmarks/fuzz_model_files.py [files] [seed]` damages good files of many kinds of models,
their bytes and their fields, some with a hash that fits the damage, and loads each. It counts

    crashes   anything but a model or a `ModelFileError` of one line, also when the model predicts
    hangs     files that take more than a second of the processor's time
    silent    files that load as another model, though nobody made the hash fit

and ends with 1 if there is any. The same seed damages the same files in the same way.
"""

import copy
import json
import sys
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from glasslogit import LogisticRegression, with_threshold
from glasslogit.errors import GlasslogitError, GlasslogitWarning, ModelFileError
from glasslogit.export import SavedModel
from glasslogit.export.json_text import seal
from glasslogit.export.model_file import from_json, to_json
from glasslogit.tables import Category, Date, Number, TableEncoder

FILES, SEED, HANG = 100_000, 20261130, 1.0
HOSTILE = "\x1b[2J\u202e\ud800\x00`~'\"<&\\%=+@\n"
NUMBERS = [0, -1, 1, 2, 10**18, 10**30, 10**400, -0.0, 0.5, 1e-320, 1e140, 1e308, -1e308]
TEXTS = ["", "x", "inf", "nan", "other", "missing", "float64", "a" * 5000, HOSTILE]
THINGS: list[Any] = [None, True, False, [], [[]], {}, {"a": 1}, *NUMBERS, *TEXTS]
FORMULAS = [
    "((a+b+c+d)**5)**5",
    "bs(age,1000):bs(income,1000)",
    "bs(age, df=1e18)",
    "bs(age, {[]: 1})",
    "poly(age, 400)",
    "I(abs('a'*2000000000))",
    "I(9**5**5**5)",
    "log(age, income)",
    "*".join(f"a{i}" for i in range(16)),
    "(" * 4000 + "age" + ")" * 4000,
    "I(" + "-" * 4000 + "age)",
    "age+" * 5000 + "age",
    "__import__('os')",
    "bs(age, knots=[3, 1])",
    "bs(age, lower_bound=9, upper_bound=1)",
    "scale(age, scale=0)",
]


@dataclass
class Model:
    """A good file: its text, its fields, and a table that its model can predict."""

    name: str
    text: str
    document: dict[str, Any]
    table: Any


@dataclass
class Count:
    """What became of the damaged files."""

    outcomes: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def fault(self, kind: str, name: str, how: str, detail: str) -> None:
        """Write down a fault."""
        self.outcomes[kind] += 1
        self.faults.append(f"{kind}: {name}, {how}: {detail}")


def people(n: int = 60) -> pd.DataFrame:
    """Make a table with columns of each kind."""
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "age": rng.integers(18, 80, n).astype(float),
            "income": rng.lognormal(3, 1, n).round(2),
            "plan": rng.choice(["basic", "gold", "plus", "rare"], n, p=[0.5, 0.3, 0.17, 0.03]),
            "since": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 900, n), "D"),
            "y": rng.choice(["no", "yes"], n),
            "z": rng.integers(0, 3, n),
        }
    )


@cache
def models() -> list[Model]:
    """Fit a model of each kind, and write its file."""
    table = people()
    gaps = table.assign(age=table.age.mask(table.index % 7 == 0))
    gaps["plan"] = gaps.plan.mask(gaps.index % 11 == 0)
    numbers, X = table[["age", "income"]], table[["age", "income"]].to_numpy()
    policies = {
        "age": Number("indicator", standardise=True),
        "plan": Category(rare=5, unseen="other", missing="indicator"),
        "since": Date("days"),
        "z": "drop",
    }
    formulas = [
        "y ~ age * plan + bs(income, 5)",
        "y ~ poly(age, 3) + scale(income) + C(plan)",
        "y ~ center(age):plan + log(income) + I(age ** 2)",
    ]
    fits: list[tuple[str, LogisticRegression, Any]] = [
        ("array", LogisticRegression().fit(X, table.y), X),
        ("softmax", LogisticRegression(penalty_factors=[0, 2]).fit(numbers, table.z), numbers),
        ("one-vs-rest", LogisticRegression(multi_class="ovr").fit(X, table.z), X),
        ("float32", LogisticRegression(C=np.inf, base_rate=0.2).fit(np.float32(X), table.y), X),
        ("far", LogisticRegression().fit(X + 1e9, table.y), X + 1e9),
        ("offset", LogisticRegression().fit(X, table.y, offset=X[:, 0] / 100), X),
        (
            "policies",
            LogisticRegression(encoder=TableEncoder(policies)).fit(gaps, "y"),
            gaps.drop(columns="y"),
        ),
        *((text, LogisticRegression(formula=text).fit(table), table) for text in formulas),
    ]
    weights = LogisticRegression(class_weight={"no": 1.0, "yes": 2.0}, l1_ratio=1.0, C=0.5)
    fits.append(("weights", weights.fit(X, table.y), X))
    made = []
    for name, model, rows in fits:
        two = len(model.classes_) == 2
        d = model.coef_.shape[1]
        columns = {"mean": [1.0] * d, "low": [0.5] * d, "high": [2.0] * d}
        facts = {"rows_of_class": [31, 29], "rows_trained": 60, "columns": columns}
        saved = (
            SavedModel(with_threshold(model, 0.4), "y", facts) if two else SavedModel(model, "y")
        )
        text = to_json(saved)
        made.append(Model(name, text, json.loads(text), rows))
    return made


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the path of every field, through lists as well."""
    if isinstance(node, dict | list):
        for key, child in node.items() if isinstance(node, dict) else enumerate(node):
            yield (*path, key)
            yield from places(child, (*path, key))


def at(node: Any, path: tuple[Any, ...]) -> Any:
    """Give what stands at a path."""
    for key in path:
        node = node[key]
    return node


class Damage:
    """Damages files, by a generator of its own."""

    def __init__(self, seed: int, good: list[Model]) -> None:
        self.rng = np.random.default_rng(seed)
        self.good = good
        self.parts = [at(each.document, path) for each in good for path in places(each.document)]

    def pick(self, things: Any) -> Any:
        """Draw one thing."""
        return things[int(self.rng.integers(len(things)))]

    def bytes_of(self, model: Model) -> tuple[str, str]:
        """Damage the text: digits, other characters, pieces."""
        text = model.text
        for _ in range(int(self.rng.integers(1, 3))):
            how = self.pick(["digit", "digit", "digit", "drop", "insert", "cut", "repeat", "swap"])
            i, j = sorted(int(k) for k in self.rng.integers(0, len(text), 2))
            if how == "digit":
                digits = [k for k, each in enumerate(text) if each.isdigit()]
                i = self.pick(digits)
                text = text[:i] + self.pick("0123456789") + text[i + 1 :]
            elif how == "drop":
                text = text[:i] + text[i + 1 :]
            elif how == "insert":
                text = text[:i] + self.pick('0123456789-.eE",:[]{}\\ \n\x00é') + text[i:]
            elif how == "cut":
                text = text[:i] + text[min(j, i + 200) :]
            elif how == "repeat":
                text = text[:j] + text[max(i, j - 200) : j] + text[j:]
            else:
                text = (
                    text[:i] + text[j : j + 1] + text[i + 1 : j] + text[i : i + 1] + text[j + 1 :]
                )
        return text, "text"

    def fields_of(self, model: Model) -> tuple[dict[str, Any], str]:
        """Damage the fields: other values, missing and further ones, others' parts, order."""
        document = json.loads(model.text)
        how = ""
        for _ in range(int(self.rng.integers(1, 4))):
            path = self.pick(list(places(document)) or [("x",)])
            parent, key = at(document, path[:-1]), path[-1]
            how = self.pick(["value", "number", "delete", "graft", "order", "rename", "formula"])
            if how == "value":
                parent[key] = copy.deepcopy(self.pick(THINGS))
            elif how == "number" and isinstance(parent[key], int | float):
                with suppress(OverflowError):
                    parent[key] *= self.pick([-1, 0, 2, 1.0000001, 1e300])
                    parent[key] += self.pick([0, 1])
            elif how == "delete":
                del parent[key]
            elif how == "graft":
                parent[key] = copy.deepcopy(self.pick(self.parts))
            elif how == "order" and isinstance(parent[key], list):
                self.rng.shuffle(parent[key])
            elif how == "rename" and isinstance(parent, dict):
                parent[self.pick(["x", str(key) + " ", "mean", "kind"])] = parent.pop(key)
            elif how == "formula":
                with suppress(KeyError, TypeError):  # there is none
                    document["encoding"]["formula"]["text"] = self.pick(FORMULAS)
            if not document:
                break
        return document, how

    def draw(self) -> tuple[Model, str, str, bool]:
        """Damage one file; tell also whether the hash was made to fit."""
        model = self.pick(self.good)
        share = self.rng.random()
        if share < 0.4:
            return (model, *self.bytes_of(model), False)
        document, how = self.fields_of(model)
        sealed = share > 0.6
        if sealed and share > 0.9:  # an older file has no hash
            document["schema_version"] = self.pick([1, 2])
            document.pop("sha256", None)
            for name in ("centre", "intercept_at_centre"):
                document.pop(name, None)
            with suppress(AttributeError, KeyError, TypeError):
                document["fit"].pop("offset", None)
        elif sealed:
            with suppress(ValueError):  # what JSON does not know has no hash
                document = seal(document)
        text = json.dumps(document)
        if self.rng.random() < 0.1:
            text = text.replace("1e+308", "1e999").replace("1e308", "-1e999")
        if self.rng.random() < 0.05:
            text = text.replace('"fit": {', '"fit": {"solver": "x", ', 1)
            how = "repeated key"
        return model, text, how, sealed


def content_of(text: str) -> str:
    """Give what a file says, whatever the order of its fields."""
    return json.dumps(json.loads(text), sort_keys=True)


def judge(model: Model, text: str, *, sealed: bool) -> str:
    """Load a damaged file, use what loads, and say what became of it."""
    try:
        saved = from_json(text)
    except ModelFileError as error:
        message = str(error)
        assert message.isprintable(), f"a message with hidden characters: {message!r}"
        assert len(message) < 1000, f"a message of {len(message)} characters"
        return "refused"
    again = to_json(saved)
    if not sealed:
        assert content_of(again) == content_of(model.text), "silent"
        return "the same model"
    assert to_json(from_json(again)) == again, "saved again it is another model"
    repr(saved.model)
    rows = model.table
    try:
        p = saved.model.predict_proba(rows, offset=0)
        assert np.isfinite(p).all(), "a probability that is not finite"
        assert np.allclose(p.sum(axis=1), 1), "probabilities that do not add up to 1"
        saved.model.predict(rows, offset=0)
    except GlasslogitError as error:
        message = str(error)
    else:
        message = ""
    assert message.isprintable(), f"a message with hidden characters: {message!r}"
    return "another model, signed"


def fuzz(files: int, seed: int, tell: Callable[[str], None] = print) -> Count:
    """Damage and load so many files."""
    good = models()
    damage, count = Damage(seed, good), Count()
    for i in range(files):
        model, text, how, sealed = damage.draw()
        began = time.process_time()
        try:
            count.outcomes[judge(model, text, sealed=sealed)] += 1
        except AssertionError as error:
            kind = "silent" if str(error).startswith("silent") else "crash"
            count.fault(kind, model.name, how, f"{error} (file {i})")
        except Exception:  # noqa: BLE001  whatever leaves is what we look for
            last = traceback.format_exc().strip().splitlines()
            count.fault("crash", model.name, how, f"{' | '.join(last[-3:])} (file {i})")
        seconds = time.process_time() - began
        count.slowest = max(count.slowest, seconds)
        if seconds > HANG:
            count.fault("hang", model.name, how, f"{seconds:.2f} s (file {i})")
        if i % 10_000 == 9_999:
            tell(f"{i + 1:,} files: {dict(count.outcomes)}, slowest {count.slowest:.2f} s")
    return count


def main() -> int:
    """Damage files and say what came of it."""
    files = int(sys.argv[1]) if len(sys.argv) > 1 else FILES
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else SEED
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GlasslogitWarning)
        count = fuzz(files, seed)
    for line in count.faults[:50]:
        print(line)
    print(f"{files:,} files, seed {seed}: {dict(count.outcomes)}, slowest {count.slowest:.2f} s")
    return int(bool(count.faults))


if __name__ == "__main__":
    sys.exit(main())
