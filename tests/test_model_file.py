"""A model file gives back the model that was saved, bit for bit, and a bad one is refused."""

import json
import math
import os
import re
import signal
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from glasslogit import (
    LogisticRegression,
    LogisticRegressionCV,
    compare,
    diagnose,
    explain,
    find_separation,
    firth,
    marginal_effects,
    probability_intervals,
    summarize,
    verify,
    with_base_rate,
    with_threshold,
)
from glasslogit.errors import InputError, ModelFileError, NotFittedError
from glasslogit.export import SavedModel, load, load_model, save, save_model
from glasslogit.export.atomic import check_writable, check_writable_folder, write_atomically
from glasslogit.export.json_text import seal
from glasslogit.export.model_file import from_json, to_json
from glasslogit.model.design import encoder_attributes
from glasslogit.solvers import Outcome
from glasslogit.tables import CategoryColumn, Encoding, NumberColumn, TableEncoder

X = np.array([[0.1, 2.0], [1.3, -1.0], [2.2, 0.5], [3.7, 1.5], [0.7, 0.2], [2.9, -0.3]])
TWO = ["no", "no", "yes", "yes", "yes", "no"]
THREE = [1, 2, 3, 1, 2, 3]


def fitted(classes, coef, intercept, **parameters):
    """A model in the state that `fit` leaves it in, with coefficients of our choice."""
    model = LogisticRegression(**parameters)
    vars(model).update(
        classes_=classes,
        coef_=coef,
        intercept_=intercept,
        n_features_in_=coef.shape[1],
        n_iter_=np.array([3], np.int32),
        passes_=5,
        solver_="newton",
        outcome_=Outcome.CONVERGED,
    )
    return model


def same_bits(one, other):
    """Whether two arrays are the same in type, shape and every bit."""
    return (
        one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    )


kinds = st.sampled_from(
    [
        st.text(max_size=5),
        st.integers(-(2**63), 2**63 - 1),
        st.floats(allow_nan=False, allow_infinity=False).map(lambda x: x + 0.0),  # no −0
        st.booleans(),
    ]
)


@st.composite
def models(draw):
    """Any fitted model: any finite coefficients, any labels, any settings."""
    labels = draw(kinds.flatmap(lambda kind: st.lists(kind, min_size=2, max_size=5, unique=True)))
    classes = np.unique(np.array(labels))
    if len(classes) < 2:  # NumPy takes texts that differ by a final NUL for equal
        classes = np.array(["no", "yes"])
    dtype = draw(st.sampled_from([np.float64, np.float32]))
    rows, d = 1 if len(classes) == 2 else len(classes), draw(st.integers(1, 4))
    most = dtype(min(1e150, float(np.finfo(dtype).max)))  # larger ones are refused
    finite = hnp.from_dtype(np.dtype(dtype), min_value=-most, max_value=most)
    return fitted(
        classes,
        draw(hnp.arrays(dtype, (rows, d), elements=finite)),
        draw(hnp.arrays(dtype, (rows,), elements=finite)),
        C=draw(st.floats(min_value=0, exclude_min=True, allow_infinity=True)),
        tol=draw(st.floats(0, 1)),
        multi_class=draw(st.sampled_from(["multinomial", "ovr"])),
        fit_intercept=draw(st.booleans()),
        class_weight=draw(st.sampled_from([None, "balanced", {classes[0].item(): 2.5}])),
    )


@given(models(), st.text(), st.none() | st.floats(0, 1))
def test_any_model_survives_the_file(model, target, threshold):
    positive = model.classes_[-1].item()
    threshold = threshold if len(model.classes_) == 2 else None
    model.positive_, model.threshold_ = positive, threshold
    saved = SavedModel(model, target=target)
    text = to_json(saved)
    back = from_json(text)
    assert same_bits(back.model.coef_, model.coef_)
    assert same_bits(back.model.intercept_, model.intercept_)
    assert back.model.classes_.tolist() == model.classes_.tolist()
    assert back.model.classes_.dtype.kind == model.classes_.dtype.kind
    assert back.model.get_params() == model.get_params()
    assert (back.target, back.positive, back.threshold) == (target, positive, threshold)
    assert type(back.positive) is type(positive)
    assert to_json(back) == text


@pytest.mark.parametrize("y", [TWO, THREE, [True, False] * 3, [0.0, 1.0] * 3])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("multi_class", ["multinomial", "ovr"])
def test_a_loaded_model_predicts_the_same_bits(tmp_path, y, dtype, multi_class):
    model = LogisticRegression(C=np.float64(0.7), multi_class=multi_class).fit(X.astype(dtype), y)
    save_model(model, tmp_path / "m.json")
    back = load_model(tmp_path / "m.json")
    for method in ("predict_proba", "predict_log_proba", "decision_function", "predict"):
        assert same_bits(getattr(back, method)(X), getattr(model, method)(X))
    for name in ("n_iter_", "n_features_in_", "passes_", "solver_", "outcome_"):
        assert np.array_equal(getattr(back, name), getattr(model, name))


def test_the_same_fit_gives_the_same_bytes_and_no_seconds(tmp_path):
    for name in ("a.json", "b.json"):
        save_model(LogisticRegression().fit(X, TWO), tmp_path / name)
    data = (tmp_path / "a.json").read_bytes()
    assert data == (tmp_path / "b.json").read_bytes()
    assert b"second" not in data
    assert b"NaN" not in data
    assert b"Infinity" not in data


def test_no_penalty_and_a_configured_solver_survive(tmp_path):
    from glasslogit.solvers import GradientDescent

    model = LogisticRegression(C=np.inf, solver=GradientDescent(epochs=3), class_weight="balanced")
    with pytest.warns(match="gradient_descent"):
        model.fit(X, TWO)
    save_model(model, tmp_path / "m.json")
    back = load_model(tmp_path / "m.json")
    assert not math.isfinite(back.C)
    assert back.solver == "gradient_descent"
    assert not back.outcome_.converged


def test_an_older_penalty_and_sparse_coefficients_are_saved_as_what_they_mean(tmp_path):
    model = LogisticRegression(penalty="l1", C=0.5).fit(X, TWO)
    coef = model.coef_
    save_model(model.sparsify(), tmp_path / "model.json")
    again = load_model(tmp_path / "model.json")
    assert (again.penalty, again.C, again.l1_ratio) == ("deprecated", 0.5, 1.0)
    assert same_bits(again.coef_, coef)


def test_encoding_and_names_survive(tmp_path):
    encoding = Encoding((NumberColumn("age"), CategoryColumn("town", "Ghent", ("Ypres",))))

    class Frame:
        columns = encoding.feature_names

        def to_numpy(self):
            return X

    model = LogisticRegression().fit(Frame(), TWO)
    vars(model).update(encoder_attributes(TableEncoder().set_encoding(encoding)))
    saved = SavedModel(with_threshold(model, 0.4), "sold", {"rows_trained": 6})
    save(tmp_path / "m.json", saved)
    back = load(tmp_path / "m.json")
    assert back.encoding == encoding
    assert back.training == {"rows_trained": 6}
    assert back.model.feature_names_.tolist() == ["age", "town=Ypres"]
    assert back.model.feature_names_in_.tolist() == ["age", "town"]
    assert (tmp_path / "m.json").read_bytes() == to_json(back).encode()


def test_a_model_of_a_table_brings_its_encoding_along(tmp_path):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("narwhals")
    table = pandas.DataFrame({"a": X[:, 0], "town": list("uvuvvu")})
    encoder, factors = TableEncoder(standardise=True), {"town": 3.0}
    model = LogisticRegression(encoder=encoder, penalty_factors=factors).fit(table, TWO)
    save(tmp_path / "m.json", SavedModel(model))
    back = load(tmp_path / "m.json")
    assert back.encoding == model.encoder_.encoding_
    assert same_bits(back.model.predict_proba(table), model.predict_proba(table))
    assert compare(back.model, table, TWO).above < 1e-9
    back.model.penalty_factors = None
    assert compare(back.model, table, TWO).above > 1e-4


def test_what_was_minimised_survives(tmp_path):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("formulaic")
    table = pandas.DataFrame({"a": X[:, 0], "b": X[:, 1], "y": TWO})
    model = LogisticRegression(formula="y ~ a * b", penalty_factors={"a:b": 0.0}).fit(table)
    save_model(model, tmp_path / "m.json")
    back = load_model(tmp_path / "m.json")
    assert compare(back, table, None).above < 1e-9
    assert same_bits(back.fit(table).coef_, model.coef_)


def test_a_loaded_model_is_judged_as_the_one_that_was_saved(tmp_path):
    A, y = np.tile(X, (9, 1)) + np.sin(np.arange(108.0)).reshape(54, 2), TWO * 9
    model = LogisticRegression(penalty_factors=[0, 2], tol=1e-9).fit(A, y)
    save_model(model, tmp_path / "m.json")
    back = load_model(tmp_path / "m.json")
    for judge in (compare, verify, summarize, diagnose, marginal_effects):
        assert str(judge(back, A, y)) == str(judge(model, A, y)), judge
    assert str(explain(back, A[:1], A, y)) == str(explain(model, A[:1], A, y))
    moved = [with_base_rate(each, 0.1).predict_proba(A) for each in (back, model)]
    assert same_bits(*moved)
    pytest.importorskip("matplotlib")
    from glasslogit import show

    assert show.plot_coefficients(back)
    with pytest.raises(InputError, match="no record of its training, which a model file does not"):
        show.plot_loss(back)


def test_of_a_cross_validated_model_the_one_that_predicts_is_saved(tmp_path):
    A, y = np.tile(X, (3, 1)), TWO * 3
    model = LogisticRegressionCV(cv=2, Cs=[0.3, 3.0]).fit(A, y)
    save_model(model, tmp_path / "m.json")
    back = load_model(tmp_path / "m.json")
    assert same_bits(back.predict_proba(A), model.predict_proba(A))
    assert back.C == model.C_
    mean = LogisticRegressionCV(cv=2, Cs=[0.3, 3.0], refit=False).fit(A, y)
    with pytest.raises(ModelFileError, match="fit it with refit=True"):
        save_model(mean, tmp_path / "m.json")


def test_labels_of_object_type_stay_so(tmp_path):
    model = LogisticRegression().fit(X, np.array(TWO, dtype=object))
    save_model(model, tmp_path / "m.json")
    assert load_model(tmp_path / "m.json").classes_.dtype == model.classes_.dtype


def test_what_cannot_be_saved_is_refused_and_leaves_no_file(tmp_path):
    path = tmp_path / "m.json"
    with pytest.raises(NotFittedError, match="call fit"):
        save_model(LogisticRegression(), path)
    for model in (
        fitted(np.array(["a", "b"]), np.array([[np.nan]]), np.array([0.0])),
        fitted(np.array(["2020-01-01", "2021-01-01"], "M8[D]"), np.ones((1, 1)), np.zeros(1)),
    ):
        with pytest.raises(ModelFileError, match="cannot be written"):
            save_model(model, path)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def document():
    """The content of a good model file, to spoil."""
    encoding = Encoding((NumberColumn("a"), NumberColumn("b")))
    model = LogisticRegression(penalty_factors=[1, 2]).fit(X, TWO)
    vars(model).update(encoder_attributes(TableEncoder().set_encoding(encoding)))
    return json.loads(to_json(SavedModel(with_threshold(model, 0.5), "y")))


def refusal(path, content):
    """The message with which a file of this content is refused: one line, with its name."""
    text = content if isinstance(content, bytes) else json.dumps(seal(content)).encode()
    path.write_bytes(text)
    with pytest.raises(ModelFileError) as caught:
        load(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    return message


@given(cut=st.floats(0, 1, exclude_max=True))
@settings(max_examples=50)
def test_a_truncated_file_is_refused_wherever_it_is_cut(tmp_path_factory, cut):
    folder = tmp_path_factory.mktemp("cut")
    whole = to_json(SavedModel(LogisticRegression(max_iter=50).fit(X, TWO))).rstrip().encode()
    assert "cut off" in refusal(folder / "m.json", whole[: int(len(whole) * cut)])


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"\xff\xfe\x00", "no text"),
        (b"PK\x03\x04", "cut off or is not JSON"),
        (b"[" * 100_000, "cut off or is not JSON"),
        (b'{"schema": NaN}', "cut off or is not JSON"),
        (b"[1, 2]", "not a glasslogit model"),
        (b'{"coef": [1]}', "not a glasslogit model"),
        (b'{"schema": "other"}', "not a glasslogit model"),
        (
            b'{"schema": "glasslogit.model", "schema_version": 99}',
            "pip install --upgrade glasslogit",
        ),
        (b'{"schema": "glasslogit.model", "schema_version": "1"}', "no valid schema version"),
        (b'{"schema": "glasslogit.model", "schema_version": true}', "no valid schema version"),
        (b'{"schema": "glasslogit.model", "schema_version": 1}', "lacks the field"),
    ],
)
def test_a_file_that_is_not_ours_is_refused(tmp_path, content, part):
    assert part in refusal(tmp_path / "m.json", content)


def test_every_missing_field_is_named(tmp_path, document):
    for name in list(document):
        if name in {"schema", "schema_version", "sha256"}:
            continue
        rest = {key: value for key, value in document.items() if key != name}
        assert f"lacks the field '{name}'" in refusal(tmp_path / "m.json", rest)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("coefficients", [[1.0]]),
        ("coefficients", [[1.0, 2.0], [1.0, 2.0]]),
        ("coefficients", [1.0, 2.0]),
        ("coefficients", [[1.0], [1.0, 2.0]]),
        ("coefficients", [["1.0", "2.0"]]),
        ("coefficients", {"a": 1}),
        ("coefficients", None),
        ("intercept", [0.0, 1.0]),
        ("intercept", 0.0),
        ("dtype", "int8"),
        ("classes", {"type": "str", "dtype": "str", "values": ["yes", "no"]}),
        ("classes", {"type": "str", "dtype": "str", "values": ["yes"]}),
        ("classes", {"type": "int", "dtype": "int64", "values": [0, True]}),
        ("classes", {"type": "date", "dtype": "int64", "values": [0, 1]}),
        ("classes", {"type": "int", "dtype": "no such", "values": [0, 1]}),
        ("classes", {"type": "int", "dtype": "M8[s]", "values": [0, 1]}),
        ("classes", ["no", "yes"]),
        ("features", ["a"]),
        ("features", ["a", 3]),
        ("features", ["b", "a"]),
        ("features", "ab"),
        ("positive", "maybe"),
        ("positive", None),
        ("dtype", []),
        ("coefficients", [[1.0, 10**400]]),
        ("threshold", 10**400),
        ("classes", {"type": "float", "dtype": "float16", "values": [1.0, 1e300]}),
        ("classes", {"type": "int", "dtype": "int8", "values": [1, 300]}),
        ("classes", {"type": "str", "dtype": "U999999999", "values": ["no", "yes"]}),
        ("penalty", {"C": 10**400, "l1_ratio": 0.0}),
        ("fit", {"solver": "newton", "steps": [10**30], "passes": 2, "outcome": "CONVERGED"}),
        ("fit", {"solver": "newton", "steps": [1], "passes": None, "outcome": "CONVERGED"}),
        ("training", {"rows_of_class": [3, 0]}),
        ("training", {"rows_of_class": [3]}),
        ("training", {"rows_of_class": "33"}),
        ("threshold", 1.5),
        ("threshold", "0.5"),
        ("target", 3),
        ("training", []),
        ("penalty", {"C": "much", "l1_ratio": 0.0}),
        ("penalty", {"C": 1.0, "l1_ratio": "0"}),
        ("settings", {}),
        ("settings", []),
        ("fit", {"solver": "newton", "steps": [1], "passes": 2, "outcome": "BORED"}),
        ("encoding", {"columns": []}),
        ("encoding", [1]),
    ],
)
def test_a_field_that_makes_no_sense_is_refused(tmp_path, document, name, value):
    message = refusal(tmp_path / "m.json", document | {name: value})
    assert "lacks the field" in message or "makes no sense" in message
    assert message.endswith("fit and save the model again")


def places(node, path=()):
    """The path of every field of a document, through lists as well."""
    if not isinstance(node, dict | list):
        return
    for key, child in node.items() if isinstance(node, dict) else enumerate(node):
        yield (*path, key)
        yield from places(child, (*path, key))


SPOILT = [None, "", "x", "inf", [], [[]], {}, {"a": 1}, True, False, 0, -1, 10**30, 10**400, -1e308]


@given(data=st.data())
@settings(max_examples=300)
def test_no_other_exception_leaves_load_whatever_was_changed(tmp_path_factory, data):
    encoding = Encoding((NumberColumn("a"), CategoryColumn("b", "u", ("v",))))
    weights = {"no": 1.0, "yes": 2.0}
    model = LogisticRegression(class_weight=weights, penalty_factors=[1, 2]).fit(X, TWO)
    vars(model).update(encoder_attributes(TableEncoder().set_encoding(encoding)))
    facts = {"rows_of_class": [3, 3]}
    text = to_json(SavedModel(with_threshold(model, 0.5), "y", facts))
    spoilt = json.loads(text)
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(places(spoilt))))
        node = spoilt
        for key in path[:-1]:
            node = node[key]
        if data.draw(st.booleans()):
            node[path[-1]] = deepcopy(data.draw(st.sampled_from([*SPOILT, 123456.5])))
        else:
            del node[path[-1]]
        if not spoilt:
            break
    path = tmp_path_factory.mktemp("spoilt") / "m.json"
    if data.draw(st.booleans()):
        spoilt = seal(spoilt)
    path.write_text(json.dumps(spoilt).replace("123456.5", "1e400"))
    try:
        saved = load(path)
    except ModelFileError as error:
        assert "\n" not in str(error)  # noqa: PT017
        return
    assert saved.threshold is None or saved.positive in saved.model.classes_.tolist()
    assert len(saved.class_names) == len(saved.model.classes_)


OLD = Path(__file__).parent / "old_models"


@pytest.mark.parametrize("name", ["version_1.json", "version_2.json"])
def test_files_of_older_schemas_load_and_become_files_of_this_one(name, tmp_path):
    """Written by the versions of then; they predict what those predicted."""
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("narwhals")
    saved = load(OLD / name)
    rows = pandas.DataFrame({"plan": ["gold", "basic", "plus"], "age": [52, 30, 41]})
    known = [0.8713376734293764, 0.1346795935668476, 0.5134011031775984]
    assert saved.model.predict_proba(rows)[:, 1].tolist() == pytest.approx(known, rel=1e-12)
    assert (saved.target, saved.positive, saved.threshold) == ("churn", "yes", 0.5)
    save(tmp_path / "m.json", saved)
    again = load(tmp_path / "m.json")
    assert json.loads((tmp_path / "m.json").read_text())["schema_version"] == 6
    assert same_bits(again.model.predict_proba(rows), saved.model.predict_proba(rows))


@pytest.mark.parametrize(
    ("version", "known"),
    [
        (3, [0.7523556734921255, 0.4260227599325739, 0.4641577900790484]),  # the first with a hash
        (4, [0.4936244403870799, 0.6069082087628425, 0.4569994249478874]),  # before formats
        (5, [0.6132881958087838, 0.3716425629035825, 0.49476376898969887]),  # before --ignore-case
    ],
)
def test_a_file_of_an_older_schema_loads_and_no_other_passes_for_one(tmp_path, version, known):
    """Its hash still holds, and fields that came later show that the version was changed."""
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("narwhals")
    pytest.importorskip("formulaic")
    model = load_model(OLD / f"version_{version}.json")
    rows = pandas.DataFrame({"plan": ["gold", "basic", "plus"], "age": [52, 30, 41]})
    rows["pay"] = ["20,5", "30,5", "40,5"]
    assert model.predict_proba(rows)[:, 1].tolist() == pytest.approx(known, rel=1e-12)
    save_model(model, tmp_path / "m.json")
    document = json.loads((tmp_path / "m.json").read_text())
    assert document["schema_version"] == 6
    document["schema_version"] = version
    assert "a file of this version does not have" in refusal(tmp_path / "m.json", document)


@pytest.fixture(scope="module")
def good():
    """A good file with fields of every kind, as text and as fields."""
    encoding = Encoding((NumberColumn("a"), CategoryColumn("b", "u", ("v",))))
    model = LogisticRegression(class_weight={"no": 1.0, "yes": 2.0}).fit(X, TWO, offset=X[:, 0])
    vars(model).update(encoder_attributes(TableEncoder().set_encoding(encoding)))
    facts = {"rows_of_class": [3, 3], "rows_trained": 6}
    text = to_json(SavedModel(with_threshold(model, 0.5), "y", facts))
    return text, json.loads(text)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_no_change_of_a_value_goes_unnoticed(good, data):
    """Any field of any kind, changed, removed or added: the file is refused and says what to do."""
    changed = deepcopy(good[1])
    *path, key = data.draw(st.sampled_from(list(places(changed))))
    node = changed
    for each in path:
        node = node[each]
    value = data.draw(st.sampled_from([*SPOILT, "no", 0.25]))
    if data.draw(st.booleans()):
        del node[key]
    elif value == node[key] and type(value) is type(node[key]):
        return
    else:
        node[key] = value
    with pytest.raises(ModelFileError, match=r"; .*(save|give|run)"):
        from_json(json.dumps(changed))


def test_every_changed_digit_is_noticed(good):
    """Each digit of the file in turn becomes the next one."""
    text, fields = good
    for place, digit in enumerate(text):
        if digit.isdigit():
            changed = text[:place] + str((int(digit) + 1) % 10) + text[place + 1 :]
            if changed == text or json.loads(changed) == fields:
                continue  # a digit beyond those of the number
            with pytest.raises(ModelFileError):
                from_json(changed)


def test_a_file_that_was_only_laid_out_anew_is_the_same(good):
    text, fields = good
    turned = dict(reversed(fields.items()))
    for other in (
        json.dumps(fields),
        json.dumps(turned, indent=4, ensure_ascii=False),
        text.replace("\n", "\r\n"),
    ):
        assert to_json(from_json(other)) == text


def test_an_edit_is_refused_with_what_to_do(good):
    changed = json.dumps(good[1] | {"threshold": 0.6})
    with pytest.raises(ModelFileError, match=r"make the change in Python and save the model again"):
        from_json(changed)
    unhashed = {name: value for name, value in good[1].items() if name != "sha256"}
    with pytest.raises(ModelFileError, match="lacks the field 'sha256'"):
        from_json(json.dumps(unhashed))
    for version in (1, 2):
        with pytest.raises(ModelFileError, match="does not have"):
            from_json(json.dumps(unhashed | {"schema_version": version}))
        with pytest.raises(ModelFileError, match="does not fit its hash"):
            from_json(json.dumps(good[1] | {"schema_version": version}))


def category(**changes):
    """An edit of the category of the document."""
    return lambda fields: fields["encoding"]["columns"][1].update(changes)


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda fields: fields.update(mean=1), "'mean' is not a field of this schema"),
        (lambda fields: fields["fit"].pop("offset"), "lacks the field 'offset'"),
        (lambda fields: fields["fit"].update(offset=1), "'offset' is of type int"),
        (lambda fields: fields["penalty"].pop("factors"), "lacks the field 'factors'"),
        (lambda fields: fields["settings"].pop("weights"), "lacks the field 'weights'"),
        (lambda fields: fields["encoding"]["columns"][0].pop("mean"), "lacks the field 'mean'"),
        (lambda fields: fields["encoding"]["columns"][0].update(x=1), "is not known"),
        (lambda fields: fields.update(coefficients=[[1e308, 0.5]]), "beyond 1e+150"),
        (lambda fields: fields.update(intercept=[-1e200]), "beyond 1e+150"),
        (lambda fields: fields.update(features=["a", "a"]), "a name twice"),
        (lambda fields: fields["encoding"]["columns"][1].update(name="a"), "one stands twice"),
        (lambda fields: fields["settings"].update(class_weight=[["x", 2.0]]), "not one of the"),
        (category(pooled=["v"], pool="v"), "none or repeated"),
        (category(pooled=["w"]), "not those that its policies need"),
        (category(pooled=["w"], pool="z"), "not those that its policies need"),
        (category(pool="v"), "not those that its policies need"),
        (category(missing="indicator", gap="z"), "not those that its policies need"),
        (category(missing="indicator", pooled=["w"], pool="v", gap="v"), "one level for two"),
        (category(levels=["u"]), "none or repeated"),
    ],
)
def test_what_does_not_go_together_is_refused_though_the_hash_fits(good, edit, said):
    fields = deepcopy(good[1])
    edit(fields)
    with pytest.raises(ModelFileError, match=re.escape(said)):
        from_json(json.dumps(seal(fields)))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"threshold": 0.5', '"threshold": 0.5, "threshold": 0.5', "'threshold' stands twice"),
        ('"name": "a"', '"name": "a", "name": "a"', "'name' stands twice in one object"),
        ('"rows_trained": 6', '"rows_trained": 1' + "0" * 400, "a whole number of 401 digits"),
        ('"rows_trained": 6', '"rows_trained": 1e400', "a number that is not finite"),
        ('"target": "y"', '"target": "\\ud800"', "a text with half of a character"),
        (
            '"training": {',
            '"training": {"x": ' + "[" * 5000 + "]" * 5000 + ",",
            "nested too deeply",
        ),
    ],
)
def test_what_readers_of_json_let_pass_is_refused_by_name(good, old, new, said):
    assert old in good[0]
    with pytest.raises(ModelFileError, match=re.escape(said)):
        from_json(good[0].replace(old, new))


def test_a_label_with_half_of_a_character_is_not_saved(tmp_path):
    model = LogisticRegression().fit(X, np.array(["\ud800", "b"] * 3, dtype=object))
    with pytest.raises(ModelFileError, match="cannot be written"):
        save_model(model, tmp_path / "m.json")


def test_a_model_with_an_offset_remembers_it(tmp_path):
    """In the file as well: no prediction without one goes unnoticed, and 0 is one."""
    for offset, needed in ((None, False), (np.zeros(6), False), (X[:, 1], True)):
        model = LogisticRegression().fit(X, TWO, offset=offset)
        save_model(model, tmp_path / "m.json")
        for each in (model, load_model(tmp_path / "m.json"), with_base_rate(model, 0.3)):
            assert each.uses_offset_ is needed
            np.testing.assert_array_equal(
                each.decision_function(X, offset=0), each.decision_function(X, offset=np.zeros(6))
            )
            calls = [
                each.predict,
                each.predict_proba,
                each.predict_log_proba,
                each.decision_function,
                lambda rows, each=each: each.score(rows, TWO),
                lambda rows, each=each: compare(each, rows, TWO),
                lambda rows, each=each: summarize(each, rows, TWO),
                lambda rows, each=each: explain(each, rows[:1], X),
            ]
            for call in calls if needed else []:
                with pytest.raises(InputError, match=r"fitted with an offset; give (row_)?offset="):
                    call(X)
    summary = summarize(
        LogisticRegression(C=np.inf).fit(X, TWO, offset=X[:, 1]), X, TWO, offset=X[:, 1]
    )
    with pytest.raises(InputError, match="fitted with an offset"):
        probability_intervals(summary, X)
    cv = LogisticRegressionCV(cv=2, Cs=2).fit(
        np.tile(X, (3, 1)), TWO * 3, offset=np.tile(X[:, 1], 3)
    )
    with pytest.raises(InputError, match="fitted with an offset"):
        cv.predict(X)


def test_a_number_beyond_all_bounds_is_refused(tmp_path, document):
    text = json.dumps(document | {"intercept": [12345.5]}).replace("12345.5", "1e999")
    assert "finite" in refusal(tmp_path / "m.json", text.encode())


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ModelFileError, match=r"none.json: no such file; check the path"):
        load(tmp_path / "none.json")
    with pytest.raises(ModelFileError, match="cannot be read"):
        load(tmp_path)


def test_writing_replaces_the_file_whole_and_keeps_links(tmp_path):
    path, link = tmp_path / "f", tmp_path / "link"
    path.write_bytes(b"old")
    link.symlink_to(path)
    write_atomically(link, b"new")
    assert (path.read_bytes(), link.is_symlink()) == (b"new", True)


def test_a_failure_while_writing_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "f"
    path.write_bytes(b"old")

    def fail(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, b"new")
    assert [p.name for p in tmp_path.iterdir()] == ["f"]
    assert path.read_bytes() == b"old"


def test_an_unwritable_place_is_named_before_and_when_writing(tmp_path):
    file = tmp_path / "file"
    file.write_bytes(b"")
    for place in (tmp_path / "none" / "m.json", file / "m.json", tmp_path):
        for function in (check_writable, lambda path: write_atomically(path, b"x")):
            with pytest.raises(InputError, match=f"cannot write {place}: "):
                function(place)
    for place in (file, tmp_path / "none" / "plots", file / "plots"):
        with pytest.raises(InputError, match=f"cannot write (into )?{place}: "):
            check_writable_folder(place)
    assert list(tmp_path.iterdir()) == [file]


def test_checking_leaves_nothing_behind(tmp_path):
    check_writable(tmp_path / "m.json")
    check_writable_folder(tmp_path)
    check_writable_folder(tmp_path / "plots")
    assert list(tmp_path.iterdir()) == []


KILLED = """
import os, sys, time
from glasslogit.export import atomic
os.fsync = lambda _: (print("ready", flush=True), time.sleep(60))
atomic.write_atomically(sys.argv[1], b"half")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there a file that is open stays")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_what_a_killed_writer_left_is_removed_by_the_next(tmp_path, how):
    """And not before the writer is dead, nor what is not its own."""
    path, other = tmp_path / "m [1].json", tmp_path / ".m [1].json.0123456789ab.tmp.txt"
    other.write_bytes(b"mine")
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout.readline() == "ready\n"
        left = set(tmp_path.iterdir()) - {other}
        assert len(left) == 1
        write_atomically(path, b"one")
        assert set(tmp_path.iterdir()) == {other, path, *left}  # it is being written
        writer.send_signal(how)
    write_atomically(path, b"two")
    assert set(tmp_path.iterdir()) == {other, path}
    assert path.read_bytes() == b"two"


def test_links_in_a_circle_are_refused_in_one_line(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    one.symlink_to(two)
    two.symlink_to(one)
    for call in (check_writable, check_writable_folder, lambda path: write_atomically(path, b"")):
        with pytest.raises(InputError, match="cannot write"):
            call(one)
    with pytest.raises(ModelFileError, match="cannot be read"):
        load(one)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["one", "two"]


def test_a_place_that_is_no_file_is_called_what_it_is(tmp_path):
    """And a folder that is none; what stands there stays as it is."""
    (tmp_path / "nowhere").symlink_to(tmp_path / "none")
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "pipe")
    for call, name, said in (
        (check_writable, ".", "it is a folder; give the name of a file"),
        (check_writable, "pipe", "it is not a regular file; give the name of a file"),
        (check_writable_folder, "file", "it is a file; give a folder"),
        (check_writable_folder, "nowhere", "it is a link to nothing; give a folder"),
        (check_writable, "none/m.json", "No such file or directory; give a path in a folder that"),
    ):
        with pytest.raises(InputError, match=said):
            call(tmp_path / name)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file", "nowhere", "pipe"]
    check_writable(tmp_path / "nowhere")  # a link to what is not there yet


def test_a_file_keeps_its_permissions_and_may_have_the_longest_name(tmp_path):
    path = tmp_path / ("n" * 255)
    write_atomically(path, b"one")
    path.chmod(0o640)
    write_atomically(path, b"two")
    assert path.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_without_locks_nobody_elses_file_is_taken_for_left_behind(tmp_path, monkeypatch):
    """Windows has no locks of that kind: a file beside may be another writer's."""
    from glasslogit.export import atomic

    monkeypatch.setattr(atomic, "fcntl", None)
    other = tmp_path / ".m.json.0123456789ab.tmp"
    other.write_bytes(b"theirs")
    write_atomically(tmp_path / "m.json", b"mine")
    check_writable(tmp_path / "m.json")
    assert (tmp_path / "m.json").read_bytes() == b"mine"
    assert sorted(each.name for each in tmp_path.iterdir()) == [other.name, "m.json"]


def test_what_was_left_is_known_by_its_whole_name(tmp_path):
    """By the name of the file, twelve digits and the end; a folder of that name stays."""
    (tmp_path / ".m.json.0123456789ab.tmp").touch()
    (tmp_path / ".m.json.ffffffffffff.tmp").mkdir()
    for name in (".m.json.0123456789a.tmp", ".n.json.0123456789ab.tmp", "m.json.0123456789ab.tmp"):
        (tmp_path / name).touch()
    check_writable(tmp_path / "m.json")
    assert len(list(tmp_path.iterdir())) == 4
    assert not (tmp_path / ".m.json.0123456789ab.tmp").exists()
    for length in (99, 100, 101):  # of a long name the first hundred characters
        (tmp_path / f".{'n' * length}.0123456789ab.tmp").touch()
    check_writable(tmp_path / ("n" * 150))
    lengths = {len(each.name) for each in tmp_path.iterdir() if "nn" in each.name}
    assert lengths == {1 + 99 + 17, 1 + 101 + 17}


def others(X, y):
    """Give what is no model of ours, or not a whole one, with what its refusal says to do."""
    linear_model = pytest.importorskip("sklearn.linear_model")
    pipeline, preprocessing = (
        pytest.importorskip(f"sklearn.{name}") for name in ("pipeline", "preprocessing")
    )
    made = pipeline.make_pipeline(preprocessing.StandardScaler(), LogisticRegression()).fit(X, y)
    yield linear_model.LogisticRegression().fit(X, y), "sklearn.LogisticRegression; fit glasslogit."
    yield linear_model.LogisticRegression(), "sklearn.LogisticRegression; fit glasslogit."
    yield made, "sklearn.Pipeline; give its last step"
    yield firth(X, y, intervals=False), "glasslogit.Firth; give its model, result.model"
    yield find_separation(X, y), "glasslogit.Separation; give a fitted"
    yield 3, "builtins.int; "
    yield LogisticRegression, "builtins.type; "
    yield LogisticRegression(), "this LogisticRegression is not fitted"
    yield LogisticRegressionCV(), "this LogisticRegressionCV is not fitted"
    yield LogisticRegressionCV(refit=False, cv=2).fit(X, y), "is a mean of the folds' models"


def test_what_cannot_be_saved_is_called_what_it_is(tmp_path):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 2))
    y = (X[:, 0] + rng.normal(size=60) > 0).astype(int)
    for model, said in others(X, y):
        with pytest.raises((InputError, ModelFileError, NotFittedError), match=said) as error:
            save_model(model, tmp_path / "model.json")
        assert ("a mean of the folds" in str(error.value)) == ("mean" in said)
    save_model(firth(X, y, intervals=False).model, tmp_path / "model.json")
