"""A fitted model on its way out: as a JSON file that can be read, compared and loaded again."""

from glasslogit.export.atomic import (
    check_writable,
    check_writable_folder,
    write_atomically,
    write_parts_atomically,
)
from glasslogit.export.document import SavedModel
from glasslogit.export.model_file import load, load_model, save, save_model

__all__ = [
    "SavedModel",
    "check_writable",
    "check_writable_folder",
    "load",
    "load_model",
    "save",
    "save_model",
    "write_atomically",
    "write_parts_atomically",
]
