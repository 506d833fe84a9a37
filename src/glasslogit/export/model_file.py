"""A fitted model as a JSON file: readable, comparable, without code in it.

Floats are written by their shortest exact text, so a loaded model predicts the same bits as
the one that was saved. Nothing in the file depends on when or where it was written: the same
model gives the same bytes. A hash over the content shows damage and edits, and every field is
checked on the way in, alone and beside the others; a file is refused in one line.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from glasslogit.errors import InputError, ModelFileError, NotFittedError
from glasslogit.export.atomic import write_atomically
from glasslogit.export.document import SCHEMA, SavedModel, read_document, write_document
from glasslogit.export.json_text import AGAIN, HASH, check_hash, read_text, write_text
from glasslogit.export.versions import FIRST_HASHED, SCHEMA_VERSION, upgraded
from glasslogit.inputs import to_path
from glasslogit.model import LogisticRegression, is_pipeline
from glasslogit.model.selection import LogisticRegressionCV

LARGEST_FILE = 2**30  # characters
LONGEST_PROBLEM = 200  # characters of what is wrong with a field


def save_model(model: LogisticRegression, path: str | Path) -> None:
    """Save a model as JSON, with the encoding of its table if it has one; see `save`.

    Of a `LogisticRegressionCV` it is the model with the chosen penalty, `best_`.
    """
    refuse_to_save(model)
    fitted = vars(model).get("best_", model)
    facts = vars(fitted).get("training_") or {}
    save(path, SavedModel(fitted, vars(fitted).get("target_"), facts))


def refuse_to_save(model: Any) -> None:
    """Refuse what is no model of ours, and say what can be saved instead."""
    if isinstance(model, LogisticRegression | LogisticRegressionCV):
        return
    kind = f"{type(model).__module__.partition('.')[0]}.{type(model).__name__}"
    remedy = "give a fitted model"
    if hasattr(model, "predict_proba") and hasattr(model, "get_params"):
        remedy = "fit glasslogit.LogisticRegression with the same parameters, or use joblib.dump"
    if is_pipeline(model):
        remedy = (
            "give its last step, if that is one (it reads what the steps before it give), "
            "or let the model read the table itself: "
            "LogisticRegression(encoder=TableEncoder()); joblib.dump keeps the whole"
        )
    elif hasattr(model, "best_estimator_"):
        remedy = "give what it chose, its best_estimator_"
    elif isinstance(getattr(model, "model", None), LogisticRegression):
        remedy = "give its model, result.model"
    raise InputError(
        f"save_model writes a glasslogit.LogisticRegression, and this is a {kind}; {remedy}"
    )


def load_model(path: str | Path) -> LogisticRegression:
    """Load the fitted model from a file that `save_model` or `save` wrote; see `load`.

    It predicts, and is judged on rows, as the one that was saved. What `glasslogit fit` wrote of
    its training rows is `training_`. The record of the training
    (`trace_`, `certificate_`, `separation_`, `dependences_`, `findings_`) is not in the file, nor
    is the `encoder` parameter: to learn from a table anew, give the policies again.
    """
    return load(path).model


def save(path: str | Path, saved: SavedModel) -> None:
    """Write a model file, whole or not at all.

    Raises
    ------
    NotFittedError
        If the model was not fitted.
    ModelFileError
        If a label or a coefficient cannot be written as JSON.
    InputError
        If `path` cannot be written.

    """
    write_atomically(path, to_json(saved).encode())


def load(path: str | Path) -> SavedModel:
    """Read a model file back; the model in it is fitted and predicts the same bits as before.

    Raises
    ------
    ModelFileError
        If the file is missing, cut off, damaged, edited, not a glasslogit model, of a newer
        schema, or if a field is missing, of the wrong type or shape, or does not go with the
        others. One line: file, field, remedy.

    """
    try:
        with to_path(path).open(encoding="utf-8") as file:
            small = 0 < os.fstat(file.fileno()).st_size < LARGEST_FILE
            return from_json(file.read() if small else file.read(LARGEST_FILE))
    except UnicodeDecodeError:
        problem = "is not a glasslogit model, for it is no text; give a file that `fit` saved"
    except FileNotFoundError:
        problem = "no such file; check the path, or fit and save a model first"
    except OSError as error:
        problem = f"cannot be read: {error.strerror}; check that it is a file that you may read"
    except ModelFileError as error:
        problem = str(error)
    raise ModelFileError(f"{path}: {problem}")


def to_json(saved: SavedModel) -> str:
    """Return the text of the model file; raises as `save`."""
    if "coef_" not in vars(saved.model):
        kind = type(saved.model).__name__
        raise NotFittedError(f"this {kind} is not fitted; call fit(X, y) before saving")
    if "outcome_" not in vars(saved.model):
        raise ModelFileError("this model is a mean of the folds' models; fit it with refit=True")
    try:
        return write_text(write_document(saved))
    except (TypeError, ValueError) as error:
        raise ModelFileError(f"this model cannot be written as JSON: {error}") from None


def from_json(text: str) -> SavedModel:
    """Build the model that `to_json` described; raises as `load`."""
    document, fitting_hash = read_text(text)
    _check_schema(document)
    try:
        if document["schema_version"] >= FIRST_HASHED or HASH in document:
            check_hash(document, fitting_hash)
        return read_document(upgraded(document))
    except ModelFileError:
        raise
    except KeyError as error:
        problem = f"lacks the field {error}"
    except (TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        problem = (
            f"has a field that makes no sense: {' '.join(str(error).split())[:LONGEST_PROBLEM]}"
        )
    raise ModelFileError(f"{problem}; {AGAIN}")


def _check_schema(document: object) -> None:
    """Refuse a file that is not ours or is newer than this package."""
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise ModelFileError("is JSON, but not a glasslogit model; give a file that `fit` saved")
    version = document.get("schema_version")
    if type(version) is not int or version < 1:
        raise ModelFileError("has no valid schema version; fit and save the model again")
    if version > SCHEMA_VERSION:
        found = f"is of a newer schema than {SCHEMA_VERSION}, the last that this glasslogit knows"
        raise ModelFileError(f"{found}; run: pip install --upgrade glasslogit")
