"""The text of a model file: JSON that says each thing once, and a hash over all that it says.

The hash is taken of the content in one canonical form, not of the bytes: a file that a program has
indented or sorted anew is the same file. It shows damage and edits; it is no signature. The
canonical form is compact JSON with sorted fields, in which a list of fractions stands as the
hexadecimal digits of its doubles, the low byte first: so the hash of many coefficients is quick.
"""

from __future__ import annotations

import json
import struct
from hashlib import sha256
from math import isfinite
from typing import Any, NoReturn

from glasslogit.errors import ModelFileError

HASH = "sha256"
LONGEST_NUMBER = 20  # digits of a whole number: labels have 64 bits
AGAIN = "fit and save the model again"


def seal(document: dict[str, Any]) -> dict[str, Any]:
    """Give a document the hash of its content, in the place where it stands, or at the end."""
    return document | {HASH: hash_of(document)}


def hash_of(document: Any) -> str:
    """Hash what a document says besides its hash.

    Raises `ValueError` for what JSON does not know: NaN, infinity, half of a character.

    >>> hash_of({"a": 1, "b": 2}) == hash_of({"b": 2, "a": 1, "sha256": "…"})
    True
    """
    content = _packed(document)
    if isinstance(content, dict):
        content.pop(HASH, None)
    text = json.dumps(
        content, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
    )
    return sha256(text.encode()).hexdigest()


def write_text(document: dict[str, Any]) -> str:
    """Write a document as text, with its hash; raises as `hash_of`."""
    return json.dumps(seal(document), indent=1) + "\n"


def read_text(text: str) -> tuple[Any, str]:
    """Read a document, and the hash that fits it.

    What is no JSON is refused, and what JSON's readers would let pass.
    """
    try:
        document = json.loads(
            text,
            parse_constant=_refuse_constant,
            parse_int=_read_whole,
            object_pairs_hook=_read_object,
        )
        return document, hash_of(document)
    except ModelFileError:
        raise
    except UnicodeEncodeError:
        raise nonsense("a text with half of a character") from None
    except (ValueError, RecursionError) as error:
        if "Out of range" in str(error):
            raise nonsense("a number that is not finite") from None
        problem = "is cut off or is not JSON, or nested too deeply"
        raise ModelFileError(f"{problem}; copy the file again, or {AGAIN}") from None


def check_hash(document: dict[str, Any], wanted: str) -> None:
    """Refuse a document whose hash is not that of its content."""
    if document[HASH] != wanted:
        problem = "was damaged, or edited by hand: its content does not fit its hash"
        remedy = "copy the file again, or make the change in Python and save the model again"
        raise ModelFileError(f"{problem}; {remedy}")


def nonsense(problem: str) -> ModelFileError:
    """Say that a field cannot be what was written."""
    return ModelFileError(f"has a field that makes no sense: {problem}; {AGAIN}")


def _packed(node: Any) -> Any:
    """Put the bytes of its numbers in the place of each list of finite fractions."""
    if isinstance(node, dict):
        return {name: _packed(value) for name, value in node.items()}
    if not isinstance(node, list):
        return node
    if node and all(type(each) is float and isfinite(each) for each in node):
        return struct.pack(f"<{len(node)}d", *node).hex()
    return list(map(_packed, node))


def _refuse_constant(name: str) -> NoReturn:
    """Refuse NaN and Infinity, which Python's reader knows and JSON does not."""
    raise ValueError(name)


def _read_whole(digits: str) -> int:
    """Read a whole number that is not longer than any that is written."""
    if len(digits.lstrip("-")) > LONGEST_NUMBER:
        raise nonsense(f"a whole number of {len(digits.lstrip('-')):,} digits")
    return int(digits)


def _read_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object whose fields stand once."""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise nonsense(f"{twice[:40]!r} stands twice in one object")
    return fields
