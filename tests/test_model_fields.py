"""Each field of a model file is refused by name, in words, where it is not what was written."""

import json
import math
import re
from copy import deepcopy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from glasslogit import LogisticRegression, with_threshold
from glasslogit.errors import InputError, ModelFileError
from glasslogit.export import SavedModel, model_file, save_model
from glasslogit.export.class_fields import read_classes, write_classes
from glasslogit.export.fields import read_finite, read_shares
from glasslogit.export.json_text import hash_of, seal
from glasslogit.export.model_file import from_json, load, to_json
from glasslogit.model.design import encoder_attributes
from glasslogit.tables import CategoryColumn, Encoding, NumberColumn, TableEncoder

X = np.array([[0.1, 2.0], [1.3, -1.0], [2.2, 0.5], [3.7, 1.5], [0.7, 0.2], [2.9, -0.3]])
TWO = ["no", "no", "yes", "yes", "yes", "no"]
FACTS = {
    "rows_of_class": [3, 3],
    "columns": {"mean": [1.8, 0.5], "low": [0.1, -1.0], "high": [3.7, 2.0]},
}
OLD = Path(__file__).parent / "old_models"


def two_classes() -> dict:
    """A file of two classes, of a table of two columns."""
    encoding = Encoding((NumberColumn("a"), CategoryColumn("b", "u", ("v",))))
    weights = {"no": 1.0, "yes": 2.0}
    model = LogisticRegression(class_weight=weights, penalty_factors=[1, 2]).fit(X, TWO)
    vars(model).update(encoder_attributes(TableEncoder().set_encoding(encoding)))
    return json.loads(to_json(SavedModel(with_threshold(model, 0.5), "y", FACTS)))


def three_classes() -> dict:
    """A file of three classes, of an array whose columns are far from 0."""
    model = LogisticRegression(base_rate={1: 0.2, 2: 0.3, 3: 0.5})
    return json.loads(to_json(SavedModel(model.fit(X + 1e8, [1, 2, 3, 1, 2, 3]))))


FILES = {2: two_classes(), 3: three_classes()}


def edited(classes: int, where: str, value: object) -> dict:
    """Give a file with another value of one field, "fit.steps" for example."""
    fields = deepcopy(FILES[classes])
    *path, name = where.split(".")
    node = fields
    for each in path:
        node = node[each]
    node[name] = value
    return fields


def read(fields: dict) -> SavedModel:
    return from_json(json.dumps(seal(fields)))


LABELS = {"type": "str", "dtype": "str", "values": ["no", "yes"]}
NO_NUMBER = "which is not a finite number"
COUNTS = "'rows_of_class' are not 2 positive numbers of rows"
PROFILE = "'columns' are not mean, low and high of 2 columns"
SHARES = "are not 3 positive shares that add up to 1"
REFUSED = [
    (2, "x" * 60, 1, f"makes no sense: '{'x' * 40}' is not a field of this schema"),
    (2, "penalty.x", 1, "'x' is not a field of this schema"),
    (2, "settings.x", 1, "'x' is not a field of this schema"),
    (2, "fit.x", 1, "'x' is not a field of this schema"),
    (2, "classes.x", 1, "'x' is not a field of this schema"),
    (2, "target", 3, "'target' is of type int"),
    (2, "classes.type", "date", "'classes' are of a type that is not known"),
    (2, "classes.values", [0, 1], "'classes' are not all of type str"),
    (2, "classes.values", [], "'classes' are not different labels in sorted order"),
    (2, "classes.values", ["yes", "no"], "'classes' are not different labels in sorted order"),
    (2, "classes.values", ["no", "no"], "'classes' are not different labels in sorted order"),
    (2, "classes.values", "no", "'values' is of type str"),
    (2, "classes.dtype", 3, "'dtype' is of type int"),
    (2, "classes.dtype", "int64", "'classes' of type str are not 'int64'"),
    (2, "classes.dtype", "U3", "'classes' of type str are not 'U3'"),
    (3, "classes.dtype", "float64", "'classes' of type int are not 'float64'"),
    (3, "classes.dtype", "i8", "'classes' of type int are not 'i8'"),
    (3, "classes", {"type": "int", "dtype": "int8", "values": [1, 2, 300]}, "for int8"),
    (3, "classes", {"type": "float", "dtype": "float16", "values": [1.0, 2.0, 1e5]}, "do not fit"),
    (2, "positive", "maybe", "'positive' is 'maybe', which is not one of the classes"),
    (3, "positive", True, "'positive' is True, which is not one of the classes"),
    (3, "positive", 1.0, "'positive' is 1.0, which is not one of the classes"),
    (2, "threshold", 1.0000001, "'threshold' is 1.0000001, which is not a probability"),
    (2, "threshold", -1e-9, "'threshold' is -1e-09, which is not a probability"),
    (2, "threshold", True, f"'threshold' is True, {NO_NUMBER}"),
    (2, "positive", None, "'threshold' is given without two classes, one of them 'positive'"),
    (3, "threshold", 0.5, "'threshold' is given without two classes, one of them 'positive'"),
    (2, "features", ["a"], "'features' are not 2 names, one for each coefficient"),
    (2, "features", ["a", 3], "'features' are not 2 names, one for each coefficient"),
    (2, "features", ["a", "a"], "'features' has a name twice"),
    (2, "features", "ab", "'features' is of type str"),
    (2, "features", ["a", "c"], "'encoding' does not give the columns in 'features'"),
    (2, "dtype", "int8", "'dtype' is 'int8'"),
    (2, "coefficients", [1.0, 2.0], "'coefficients' is not a 2-dimensional array of floats"),
    (2, "coefficients", [[1, 2]], "'coefficients' is not a 2-dimensional array of floats"),
    (2, "coefficients", [[1.0, -1.01e150]], "a number that is not finite, or beyond 1e+150"),
    (2, "intercept", 0.5, "'intercept' is not a 1-dimensional array of floats"),
    (
        2,
        "coefficients",
        [[1.0, 2.0]] * 2,
        "coefficients in 2 rows and intercepts in 1 for 2 classes",
    ),
    (2, "intercept", [0.0, 1.0], "coefficients in 1 row and intercepts in 2 for 2 classes"),
    (3, "intercept", [0.5], "coefficients in 3 rows and intercepts in 1 for 3 classes"),
    (2, "centre", [0.0, 1.0], "'intercept_at_centre' is not a 1-dimensional array of floats"),
    (3, "centre", [1.0], "'centre' and 'intercept_at_centre' are not 2 and 3 numbers"),
    (3, "intercept_at_centre", [1.0, 2.0], "are not 2 and 3 numbers"),
    (2, "penalty.C", "much", f"'C' is 'much', {NO_NUMBER}"),
    (2, "penalty.C", True, f"'C' is True, {NO_NUMBER}"),
    (2, "penalty.l1_ratio", "0", f"'l1_ratio' is '0', {NO_NUMBER}"),
    (2, "penalty.factors", {}, "'factors' is of type dict"),
    (2, "penalty.factors", [1.0], "penalty_factors has shape (1,) but X has 2 columns"),
    (2, "settings.solver", 3, "'solver' is of type int"),
    (2, "settings.formula", 3, "'formula' is of type int"),
    (2, "settings.class_weight", 3, "'class_weight' is of type int"),
    (2, "settings.class_weight", [["no", 1.0], ["no", 2.0]], "'class_weight' names a label twice"),
    (2, "settings.class_weight", [["no", "1"]], f"'class_weight' is '1', {NO_NUMBER}"),
    (2, "settings.class_weight", [["x", 1.0]], "'class_weight' names a label that is not one of"),
    (2, "settings.base_rate", [["x", 1.0]], "'base_rate' names a label that is not one of the"),
    (2, "settings.base_rate", [["no", 0.1], ["no", 0.2]], "names a label twice"),
    (2, "settings.base_rate", True, f"'base_rate' is True, {NO_NUMBER}"),
    (2, "fit.solver", 1, "'solver' is of type int"),
    (2, "fit.steps", [-1], "'steps' are not all integers from 0 on"),
    (2, "fit.steps", [True], "'steps' are not all integers from 0 on"),
    (2, "fit.steps", 3, "'steps' is of type int"),
    (2, "fit.steps", [3, 3], "'steps' are of 2 models"),
    (3, "fit.steps", [3, 3], "'steps' are of 2 models"),
    (2, "fit.passes", True, "'passes' is of type bool"),
    (2, "fit.outcome", "BORED", "'outcome' is not one that is known"),
    (2, "fit.outcome", 1, "'outcome' is not one that is known"),
    (2, "fit.offset", 1, "'offset' is of type int"),
    (2, "fit.base_rate", None, "'class_shares' and 'base_rate' are not both there"),
    (2, "fit.class_shares", None, "'class_shares' and 'base_rate' are not both there"),
    (3, "fit.class_shares", [0.5, 0.5], f"'class_shares' {SHARES}"),
    (3, "fit.class_shares", [0.5, 0.0, 0.5], f"'class_shares' {SHARES}"),
    (3, "fit.base_rate", [0.5, 0.25, 0.25001], f"'base_rate' {SHARES}"),
    (3, "fit.base_rate", [0.5, 0.25, 0.24999], f"'base_rate' {SHARES}"),
    (3, "fit.base_rate", [0.5, 0.25, "x"], f"'base_rate' is 'x', {NO_NUMBER}"),
    (2, "encoding.ignore_case", "ab", "'ignore_case' is not a list of texts"),
    (2, "encoding.ignore_case", ["a", 1], "1 is not text"),
    (2, "encoding.na", "ab", "'na' is not a list of texts"),
    (2, "training", [], "'training' is of type list"),
    (2, "training.rows_of_class", [3], COUNTS),
    (2, "training.rows_of_class", [3, 0], COUNTS),
    (2, "training.rows_of_class", [3, True], COUNTS),
    (2, "training.rows_of_class", "33", COUNTS),
    (2, "training.rows_of_class", [2**62, 2**62], COUNTS),
    (2, "training.columns", [], PROFILE),
    (2, "training.columns", {"mean": [1.0, 2.0], "low": [1.0, 2.0]}, PROFILE),
    (2, "training.columns.low", [1.0], "'low' are 1, not 2"),
    (2, "training.columns.high", [1.0, None], f"'high' is None, {NO_NUMBER}"),
    (2, "training.columns.mean", 1.0, "'mean' is of type float"),
]


@pytest.mark.parametrize(
    ("classes", "where", "value", "said"), REFUSED, ids=[f"{w}={v}"[:40] for _, w, v, _ in REFUSED]
)
def test_a_field_that_was_not_written_so_is_refused_in_words(classes, where, value, said):
    with pytest.raises(ModelFileError, match=re.escape(said)):
        read(edited(classes, where, value))


def formula_model(formula: str = "y ~ a + b") -> LogisticRegression:
    pytest.importorskip("formulaic")
    table = pd.DataFrame({"a": X[:, 0], "b": X[:, 1], "y": TWO})
    return LogisticRegression(formula=formula).fit(table)


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("y ~ a", "'formula' is 'y ~ a', but the model was fitted with 'a + b'"),
        ("y ~ b + a", "'formula' is 'y ~ b + a', but the model was fitted with 'a + b'"),
        ("z ~ a + b", "'formula' is 'z ~ a + b', but the 'target' is 'y'"),
        ("y ~", "formula 'y ~' is not of the form 'y ~ a + b'"),
    ],
)
def test_a_formula_that_is_not_that_of_the_encoding_is_neither_read_nor_written(formula, said):
    model = formula_model()
    fields = json.loads(to_json(SavedModel(model, "y")))
    fields["settings"]["formula"] = formula
    with pytest.raises(ModelFileError, match=re.escape(said)):
        read(fields)
    model.set_params(formula=formula)
    with pytest.raises((InputError, ModelFileError), match=re.escape(said)):
        to_json(SavedModel(model, "y"))


def test_a_formula_without_an_encoding_is_not_read():
    with pytest.raises(ModelFileError, match="but the model was fitted without one"):
        read(edited(2, "settings.formula", "y ~ a + b"))
    with pytest.raises(ModelFileError, match="but the model was fitted without one"):
        read(edited(3, "settings.formula", "a"))


@pytest.mark.parametrize("formula", ["y ~ a + b", " y~a+b ", "`y` ~ a:b - 1"])
@pytest.mark.parametrize("target", ["y", None])
def test_a_formula_as_it_was_fitted_is_read(formula, target):
    saved = SavedModel(formula_model(formula), target)
    assert from_json(to_json(saved)).model.formula == formula


@pytest.mark.parametrize(
    ("classes", "where", "value"),
    [
        (2, "threshold", 0),
        (2, "threshold", 1),
        (2, "coefficients", [[1e150, -1e150]]),
        (2, "classes.dtype", "object"),
        (2, "fit.steps", [0]),
        (3, "fit.steps", [3, 0, 2]),
        (3, "fit.base_rate", [0.5, 0.25, 0.2500005]),
        (2, "training.rows_of_class", [2**62, 2**62 - 1]),
        (2, "penalty.C", "inf"),
        (2, "settings.class_weight", "balanced"),
        (2, "settings.class_weight", [["yes", 2]]),
        (3, "settings.base_rate", 0.25),
        (2, "settings.base_rate", "training"),
        (2, "positive", "no"),
    ],
)
def test_what_lies_on_the_bound_is_read(classes, where, value):
    fields = edited(classes, where, value)
    again = json.loads(to_json(read(fields)))
    for name in where.split("."):
        fields, again = fields[name], again[name]
    assert again == fields


def test_numbers_of_a_smaller_type_are_read_where_they_fit():
    fields = edited(2, "dtype", "float32")
    assert read(fields).model.coef_.dtype == np.float32
    with pytest.raises(ModelFileError, match="'intercept' has a number that does not fit into"):
        read(fields | {"intercept": [1e39]})
    far = edited(3, "dtype", "float32")
    far["coefficients"] = np.float32(far["coefficients"]).tolist()
    assert read(far).model.centre_.dtype == np.float64
    assert read(far).model.centre_.tolist() == far["centre"]


def test_no_reader_lets_pass_what_is_not_finite():
    """Nor would one that is given what Python made of 1e999."""
    for value in (math.inf, math.nan):
        with pytest.raises(ValueError, match="not a finite number"):
            read_finite(value, "C")
        with pytest.raises(ValueError, match="not a finite number"):
            read_shares({"shares": [0.5, value]}, "shares", 2)
    stored = {"type": "float", "dtype": "float64", "values": [1.0, math.inf]}
    with pytest.raises(ValueError, match="do not fit into 'float64'"):
        read_classes(stored)


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("coef_", "the coefficients"),
        ("intercept_", "the intercepts"),
        ("centre_", "the centre"),
        ("centred_intercept_", "the intercepts at the centre"),
    ],
)
def test_a_coefficient_that_no_file_may_hold_is_not_written(name, called):
    saved = read(FILES[3])
    numbers = getattr(saved.model, name)
    for value, good in ((-1e150, True), (1.01e150, False), (np.nan, False)):
        numbers[0] = value
        if good:
            to_json(saved)
            continue
        said = f"cannot be written as JSON: {called} are not all finite and within 1e+150"
        with pytest.raises(ModelFileError, match=re.escape(said)):
            to_json(saved)


@pytest.mark.parametrize(
    ("labels", "kind", "name"),
    [
        (np.array(["a", "b"]), "str", "str"),
        (np.array(["a", "b"], object), "str", "object"),
        (np.array(["a", "b"], np.dtypes.StringDType()), "str", "str"),
        (np.array([False, True]), "bool", "bool"),
        (np.array([1, 2], np.int8), "int", "int8"),
        (np.array([1, 2], np.uint64), "int", "uint64"),
        (np.array([1.0, 2.0], np.float32), "float", "float32"),
    ],
)
def test_labels_keep_their_type(labels, kind, name):
    written = write_classes(labels)
    assert (written["type"], written["dtype"]) == (kind, name)
    back = read_classes(json.loads(json.dumps(written)))
    assert back.tolist() == labels.tolist()
    assert back.dtype.name.startswith(name) or labels.dtype.kind == "T"


@pytest.mark.parametrize("labels", [np.array([1, 2], object), np.array([1, 2], "M8[D]")])
def test_labels_of_other_types_are_not_written(labels):
    said = f"labels of type {labels.dtype} (use text, integers, floats or booleans)"
    with pytest.raises(TypeError, match=re.escape(said)):
        write_classes(labels)


def test_the_hash_is_that_of_the_published_form():
    """Compact JSON with sorted fields, fractions as the hexadecimal digits of their doubles."""
    from hashlib import sha256

    text = '{"a":"000000000000f83f000000000000e0bf","b":{"c":[1,2.5],"é":[]}}'
    document = {"b": {"é": [], "c": [1, 2.5]}, "sha256": "x", "a": [1.5, -0.5]}
    assert hash_of(document) == sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(("digits", "said"), [(20, "of type"), (21, "a whole number of 21 digits")])
@pytest.mark.parametrize("sign", ["", "-"])
def test_whole_numbers_are_read_up_to_twenty_digits(digits, said, sign):
    text = json.dumps(FILES[2]).replace('"target": "y"', f'"target": {sign}{"9" * digits}')
    with pytest.raises(ModelFileError, match=said):
        read(json.loads(text)) if digits == 20 else from_json(text)


def test_long_names_and_problems_are_cut():
    long = "x" * 60
    text = json.dumps({"schema": "glasslogit.model"})[:-1]
    with pytest.raises(ModelFileError, match=f"'{'x' * 40}' stands twice in one object"):
        from_json(f'{text}, "{long}": 1, "{long}": 2}}')
    with pytest.raises(ModelFileError) as caught:
        read(edited(2, "positive", "x" * 1000))
    problem = "'positive' is '" + "x" * 1000
    assert str(caught.value) == (
        f"has a field that makes no sense: {problem[:200]}; fit and save the model again"
    )


@pytest.mark.parametrize(
    ("version", "said"),
    [
        (0, "has no valid schema version"),
        (-1, "has no valid schema version"),
        (1.0, "has no valid schema version"),
        (7, "is of a newer schema than 6, the last that this glasslogit knows"),
    ],
)
def test_a_version_that_is_none_is_refused(version, said):
    with pytest.raises(ModelFileError, match=said):
        read(edited(2, "schema_version", version))


LATER = "is a field that a file of this version does not have"


@pytest.mark.parametrize(
    ("version", "where", "value", "said"),
    [
        (1, "centre", None, f"'centre' {LATER}"),
        (2, "intercept_at_centre", None, f"'intercept_at_centre' {LATER}"),
        (2, "fit.offset", False, f"'offset' {LATER}"),
        (2, "encoding.na", None, f"'na' {LATER}"),
        (3, "centre", None, f"'centre' {LATER}"),
        (3, "encoding.na", None, f"'na' {LATER}"),
        (3, "encoding.formula.all_levels", [], f"'all_levels' {LATER}"),
        (3, "encoding.formula.intercept", True, f"'intercept' {LATER}"),
        (4, "encoding.ignore_case", [], f"'ignore_case' {LATER}"),
        (5, "encoding.ignore_case", [], f"'ignore_case' {LATER}"),
        (1, "encoding.missing", "error", "the policy for missing values is not 'drop'"),
    ],
)
def test_an_older_file_has_no_later_field(version, where, value, said):
    fields = json.loads((OLD / f"version_{version}.json").read_text("utf-8"))
    *path, name = where.split(".")
    node = fields
    for each in path:
        node = node[each]
    node[name] = value
    with pytest.raises(ModelFileError, match=re.escape(said)):
        from_json(json.dumps(seal(fields) if version >= 3 else fields))


def test_what_an_older_file_lacks_is_what_was_meant_then():
    for version in (1, 2, 3):
        saved = load(OLD / f"version_{version}.json")
        model = saved.model
        assert saved.encoding.ignore_case == ()
        assert (model.weights, model.base_rate, model.uses_offset_) == ("frequency", None, False)
        assert model.centre_ is None
        assert saved.encoding.na is None
        for column in saved.encoding.columns:
            assert column.missing == ("error" if version == 3 else "drop")
            if isinstance(column, NumberColumn):
                assert (column.mean, column.scale, column.origin) == (0.0, 1.0, 0.0)
            else:
                assert (column.pooled, column.pool, column.gap) == ((), None, None)


class Endless:
    """A file that says nothing of its size, and what is read of it."""

    asked: int | None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def fileno(self) -> int:
        return 0

    def read(self, most: int | None = None) -> str:
        self.asked = most
        return ""


@pytest.mark.parametrize(
    ("size", "asked"), [(1, None), (2**30 - 1, None), (2**30, 2**30), (0, 2**30)]
)
def test_no_more_than_a_gibibyte_is_read(monkeypatch, size, asked):
    """Of what has no size, such as a pipe or a device that never ends, as of a larger file."""
    file = Endless()
    monkeypatch.setattr(model_file.Path, "open", lambda *_, **__: file)
    monkeypatch.setattr(model_file.os, "fstat", lambda _: type("Stat", (), {"st_size": size}))
    with pytest.raises(ModelFileError, match="is cut off or is not JSON"):
        load("m.json")
    assert file.asked == asked


def test_what_can_be_saved_is_told():
    class Ours:
        model = LogisticRegression()

    with pytest.raises(InputError, match=r"; give its model, result\.model$"):
        save_model(Ours(), "m.json")
    with pytest.raises(InputError, match=r"a builtins\.dict; give a fitted model$"):
        save_model({}, "m.json")
