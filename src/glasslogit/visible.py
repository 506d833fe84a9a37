"""Text that somebody else wrote (names, levels, labels), made visible: the one way to show it.

A column may be named so that it clears a terminal, turns a line around, hides half of its name, or
ends the line. Such characters are shown by their escapes. Data are never changed, only what is
shown of them: in the terminal, in HTML and LaTeX, in pictures, errors and warnings.
"""

# What does not show itself: controls (C0, C1, DEL), halves of characters, ends of lines and
# paragraphs, and formats, among them the marks that turn the direction of writing.
HIDDEN = frozenset({"Cc", "Cs", "Zl", "Zp", "Cf"})
JOINERS = frozenset(
    "\u200c\u200d"
)  # formats that some scripts, and emoji, cannot be written without


def visible(text: object) -> str:
    r"""Show a text on one line, with an escape in the place of each character that hides.

    >>> print(visible("age\x1b[2J\n"), visible("\u202efdp.exe"), visible("naïve café 東京"))
    age\x1b[2J\n \u202efdp.exe naïve café 東京
    """
    text = str(text)
    return text if text.isprintable() else "".join(map(_shown, text))


def visible_lines(text: object) -> str:
    r"""Show a text of several lines, whose ends are meant.

    >>> print(visible_lines("two\nlines"))
    two
    lines
    """
    return "\n".join(map(visible, str(text).split("\n")))


def _shown(character: str) -> str:
    from unicodedata import category  # noqa: PLC0415  hardly ever needed

    if character in JOINERS or category(character) not in HIDDEN:
        return character
    return character.encode("unicode_escape").decode()
