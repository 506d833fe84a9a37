"""The fields of a model file, and files of older schemas, given those that they lack.

Version 1 knew no policies, weights or formulas; 2 no hash, no names for levels of the library's
own, and not whether there was an offset; 3 no centre of the columns, not which levels a formula
keeps, and not what stood for a missing value; 4 no formats of numbers; 5 not where case
does not matter. What an older file lacks is
what was meant then. The present schema has no defaults.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from glasslogit.export.json_text import HASH

SCHEMA_VERSION = 6
FIRST_FORMATTED = 5
FIRST_HASHED = 3  # what an older file holds is not known to be whole
FIELDS = (
    *("schema", "schema_version", HASH, "package_version", "target", "classes", "positive"),
    *("threshold", "features", "dtype", "intercept", "coefficients"),
    *("centre", "intercept_at_centre", "penalty", "settings", "fit", "training", "encoding"),
)
PENALTY = ("C", "l1_ratio", "factors")
SETTINGS = ("solver", "tol", "fit_intercept", "multi_class", "max_iter", "class_weight")
LATER_SETTINGS = {"weights": "frequency", "base_rate": None, "formula": None}
FIT = ("solver", "steps", "passes", "outcome")
LATER_FIT = {"class_shares": None, "base_rate": None, "offset": False}
LATER: dict[str, Any] = {"centre": None, "intercept_at_centre": None}
LATER_NUMBER = {"missing": "drop", "mean": 0.0, "scale": 1.0, "origin": 0.0, "format": None}
LATER_CATEGORY = {"pooled": [], "missing": "drop"}
LATER_ENCODING: dict[str, Any] = {"ignore_case": []}
LATER_FORMULA: dict[str, Any] = {"all_levels": [], "intercept": True}
OLD_OTHER, OLD_MISSING = "other", "missing"  # how the library's own levels were called


def upgraded(document: dict[str, Any]) -> dict[str, Any]:
    """Give a document of an older schema the fields of the present one, and no others."""
    if document["schema_version"] == SCHEMA_VERSION:
        return document
    _refuse_later(LATER_ENCODING, document["encoding"] or {})
    document = _formatted_document(document)
    encoding = document["encoding"]
    return document | {"encoding": None if encoding is None else encoding | LATER_ENCODING}


def _formatted_document(document: dict[str, Any]) -> dict[str, Any]:
    """Give a document the fields of the schema that first knew formats of numbers."""
    if document["schema_version"] == FIRST_FORMATTED:
        return document
    encoding = document["encoding"]
    columns = [] if encoding is None else encoding["columns"]
    for column in columns:
        _refuse_later(("format",), column)
    if document["schema_version"] == FIRST_FORMATTED - 1:
        read = None if encoding is None else encoding | {"columns": _formatted(columns)}
        return document | {"encoding": read}
    formula = None if encoding is None else encoding.get("formula")
    _refuse_later(("centre", "intercept_at_centre"), document)
    _refuse_later(("na",), encoding or {})
    _refuse_later(LATER_FORMULA, formula or {})
    if document["schema_version"] == FIRST_HASHED:
        later = {"columns": _formatted(columns), "formula": _formula(formula), "na": None}
        return document | LATER | {"encoding": None if encoding is None else encoding | later}
    _refuse_later(("offset",), document["fit"])
    return _only(FIELDS, {HASH: None} | LATER | document) | {
        "settings": _only((*SETTINGS, *LATER_SETTINGS), LATER_SETTINGS | document["settings"]),
        "penalty": _only(PENALTY, {"factors": None} | document["penalty"]),
        "fit": _only((*FIT, *LATER_FIT), LATER_FIT | document["fit"]),
        "encoding": None if encoding is None else _encoding(encoding),
    }


def _refuse_later(names: Iterable[str], fields: Mapping[str, Any]) -> None:
    """Refuse fields that came later than the file: one whose version was changed has them."""
    for name in names:
        if name in fields:
            raise ValueError(f"{name!r} is a field that a file of this version does not have")


def _formatted(columns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give each column of numbers its format: programs wrote them all."""
    return [each if each["kind"] == "category" else each | {"format": None} for each in columns]


def _formula(stored: dict[str, Any] | None) -> dict[str, Any] | None:
    """Give a formula what it says of levels and intercepts now."""
    return None if stored is None else LATER_FORMULA | stored


def _encoding(stored: dict[str, Any]) -> dict[str, Any]:
    """Give an encoding the policies that each column has now."""
    if stored.get("missing", "drop") != "drop":
        raise ValueError("the policy for missing values is not 'drop'")
    unseen = stored.get("unseen", "error")
    return {
        "columns": [_column(entry, unseen) for entry in stored["columns"]],
        "dropped": stored["dropped"],
        "formula": _formula(stored.get("formula")),
        "na": None,
    }


def _column(entry: dict[str, Any], unseen: str) -> dict[str, Any]:
    """Give a column its policies, and the names of the levels that are not in the data."""
    if entry["kind"] not in {"text", "category"}:
        return _only(("name", "kind", *LATER_NUMBER), LATER_NUMBER | entry)
    column = LATER_CATEGORY | {"unseen": unseen} | entry | {"kind": "category"}
    return _only(("name", "kind", "reference", "levels", "unseen", *LATER_CATEGORY), column) | {
        "pool": OLD_OTHER if column["pooled"] else None,
        "gap": OLD_MISSING if column["missing"] == "indicator" else None,
    }


def _only(names: Iterable[str], fields: dict[str, Any]) -> dict[str, Any]:
    """Leave out the fields that are not known; those that are missing stay so."""
    return {name: fields[name] for name in names if name in fields}
