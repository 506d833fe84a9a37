"""Texts measured, cut and wrapped by the cells that a terminal gives them.

A cell is the width of a Latin letter. Chinese, Japanese, Korean and emoji take two, and marks that
join the letter before them none.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import count, takewhile
from unicodedata import category, east_asian_width

DOTS = "…"
UNBROKEN_BLANK = "\0"  # a blank at which no line breaks; no text that is shown holds it
IN_ONE_LINE = re.compile(r"`[^`]*`|(?:(?<!\S)--[\w-]+ )?(?<!\w)'[^']*'(?!\w)|(?<!\S)--[\w-]+ \S+")
PUNCTUATION = ".,;:!?()[]'\"“”"  # what may stand around a name in a sentence
TWO_CELLS = frozenset("WF")  # kinds of East Asian width
JOINED = frozenset({"Mn", "Me", "Mc"})  # categories of marks
JOINER, EMOJI_STYLE = "\u200d", "\ufe0f"  # the one joins two emoji, the other makes one of a sign
SKINS = ("\U0001f3fb", "\U0001f3ff")  # the first and the last that colour the emoji before
FLAGS = ("\U0001f1e6", "\U0001f1ff")  # two of these letters are a flag
JAMO = ("\u1160", "\u11ff")  # vowels and endings that complete a Korean syllable


def width(text: str) -> int:
    """Count the cells of a text.

    >>> width("age"), width("東京"), width("e\u0301"), width("👩\u200d💻")
    (3, 4, 1, 2)
    """
    return len(text) if text.isascii() else sum(map(_width_of_one, _characters(text)))


def _characters(text: str) -> Iterator[str]:
    """Give what is seen as one character at a time: letters with their marks, joined emoji."""
    held = ""
    for c in text:
        pair = held[-1:] == JOINER or (len(held) == 1 and _in(FLAGS, held) and _in(FLAGS, c))
        marks = category(c) in JOINED or c == JOINER or _in(SKINS, c) or _in(JAMO, c)
        if held and not (pair or marks):
            yield held
            held = ""
        held += c
    if held:
        yield held


def _in(ends: tuple[str, str], character: str) -> bool:
    return ends[0] <= character <= ends[1]


def _width_of_one(character: str) -> int:
    """Count the cells of one character with its marks."""
    first = character[0]
    if category(first) in JOINED or first == JOINER:
        return 0
    two = east_asian_width(first) in TWO_CELLS or EMOJI_STYLE in character or _in(FLAGS, first)
    return 2 if two else 1


def cut_middle(text: str, most: int) -> str:
    """Cut a text in the middle, of which names tell less than of their ends.

    >>> cut_middle("age_of_the_first_house", 12), cut_middle("東京都千代田区", 9)
    ('age_of…house', '東京…田区')
    """
    if width(text) <= most:
        return text
    room = max(0, most - 1)
    return _start(text, room - room // 2) + DOTS + _end(text, room // 2)


def _start(text: str, most: int) -> str:
    """Give as many of the first characters as fit."""
    taken, kept = 0, ""
    for character in _characters(text):
        taken += _width_of_one(character)
        if taken > most:
            break
        kept += character
    return kept


def _end(text: str, most: int) -> str:
    """Give as many of the last characters as fit."""
    characters, taken, kept = list(_characters(text)), 0, ""
    while characters and (taken := taken + _width_of_one(characters[-1])) <= most:
        kept = characters.pop() + kept
    return kept


def cut_apart(texts: Sequence[str], most: int) -> list[str]:
    """Cut texts so that those that differ stay different.

    Of those that are alike at both ends the part from the first difference on is shown, and what
    cannot be told apart so is numbered.

    >>> cut_apart(["income_of_1999_in_euros", "income_of_2000_in_euros", "age"], 12)
    ['i…1999_in_e…', 'i…2000_in_e…', 'age']
    """
    short: dict[str, str] = {}
    alike: dict[str, list[str]] = {}
    for text in dict.fromkeys(texts):
        alike.setdefault(cut_middle(text, most), []).append(text)
    for found, same in alike.items():
        short |= {same[0]: found} if len(same) == 1 else _from_the_difference(same, most)
    taken: set[str] = set()
    for text, found in short.items():
        numbered = (cut_middle(found, most - width(f" {k}")) + f" {k}" for k in count(2))
        short[text] = found if found not in taken else next(n for n in numbered if n not in taken)
        taken.add(short[text])
    return [short[text] for text in texts]


def _from_the_difference(texts: Sequence[str], most: int) -> dict[str, str]:
    """Give of each as many first letters as fit before what follows from the first difference."""
    alike = sum(1 for _ in takewhile(lambda found: len(set(found)) == 1, zip(*texts, strict=False)))
    shown = {}
    for text in texts:
        rest = text[alike:]
        if width(rest) > most - 2:  # besides a letter and dots
            rest = _start(rest, most - 3) + DOTS
        shown[text] = _start(text, most - 1 - width(rest)) + DOTS + rest
    return shown


def wrapped(text: str, most: int, names: Iterable[str] = ()) -> list[str]:
    """Break a text between its words into lines; a word that is longer than a line is cut.

    What stands in quotes, and an option with its value, stays in one line where it fits. A word is
    cut so that it stays different from other words of the text, and from the `names` that it might
    be.

    >>> wrapped("no name breaks inside", 10)
    ['no name', 'breaks', 'inside']
    >>> wrapped("it holds 'first name'", 14), wrapped("leave it out: --drop 'first name'", 20)
    (['it holds', "'first name'"], ['leave it out:', "--drop 'first name'"])
    >>> wrapped("income_of_1999_in_euros, too", 13, ["income_of_2000_in_euros"])
    ['i…1999_in_e…,', 'too']
    """
    if width(text) <= most:
        return [text]
    words = [word.replace(UNBROKEN_BLANK, " ") for word in _held(text, most).split(" ")]
    short = _short_words(words, most, names)
    lines, line = [], ""
    for word in (short.get(each, each) for each in words):
        longer = f"{line} {word}" if line else word
        if line and width(longer) > most:
            lines.append(line)
            longer = word
        line = longer
    return [*lines, line]


def _held(text: str, most: int) -> str:
    """Mark the blanks at which no line breaks: those within quotes, and after an option."""
    return IN_ONE_LINE.sub(
        lambda found: found[0] if width(found[0]) > most else found[0].replace(" ", UNBROKEN_BLANK),
        text,
    )


def _short_words(words: Sequence[str], most: int, names: Iterable[str]) -> dict[str, str]:
    """Cut the words that do not fit into a line, each without the marks around it."""
    long = {word: word.strip(PUNCTUATION) for word in words if width(word) > most}
    if not long:
        return {}
    around = {word: width(word) - width(bare) for word, bare in long.items()}
    room = max(1, most - max(around.values()))
    known = list(dict.fromkeys([*long.values(), *(name for name in names if width(name) > room)]))
    short = dict(zip(known, cut_apart(known, room), strict=True))
    return {
        word: cut_middle(word.replace(bare, short[bare], 1) if bare else word, most)
        for word, bare in long.items()
    }


def padded(text: str, most: int, *, right: bool) -> str:
    """Fill a text up with blanks, before it if it belongs on the right."""
    blanks = " " * (most - width(text))
    return blanks + text if right else text + blanks
