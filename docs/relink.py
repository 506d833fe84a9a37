"""Point the links from the docs into the code at the lines where the code stands.

A link into the code has a name as its text: [`Class.method`](../src/file.py#L1).
`python docs/relink.py` rewrites the line numbers, and the file where what is named has moved to
another one; with `--check` it only lists what is wrong.
"""  # noqa: INP001

import ast
import os
import re
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SRC = ROOT / "src" / "glasslogit"
LINK = re.compile(r"\[`([\w.]+)`\]\(([^)#\s]+\.py)#L(\d+)\)")
MENTION = re.compile(r"(docs/[\w/]+\.md)(?:#([\w-]+))?")


def lines_of(body: list[ast.stmt], prefix: str = "") -> dict[str, int]:
    """Give the line of each class, function, method and constant."""
    found = {}
    for node in body:
        for target in getattr(node, "targets", [getattr(node, "target", node)]):
            name = getattr(target, "id", getattr(target, "name", None))
            found.setdefault(f"{prefix}{name}", node.lineno)
        if isinstance(node, ast.ClassDef):
            found |= lines_of(node.body, f"{prefix}{node.name}.")
    return found


@cache
def lines_in(code: Path) -> dict[str, int]:
    """Give the lines of a file of code; none where there is no such file."""
    return lines_of(ast.parse(code.read_text("utf-8")).body) if code.exists() else {}


def place_of(name: str, code: Path) -> tuple[Path, int]:
    """Find a name: in the file of the link, or else in the only other one that defines it."""
    if name in lines_in(code):
        return code, lines_in(code)[name]
    homes = [file for file in sorted(SRC.rglob("*.py")) if name in lines_in(file)]
    return (homes[0], lines_in(homes[0])[name]) if len(homes) == 1 else (code, 0)


def relinked(page: Path) -> tuple[str, list[str]]:
    """Give the text of a page with the right places, and what was wrong before."""
    wrong = []

    def link(found: re.Match[str]) -> str:
        name, path, line = found.groups()
        code, right = place_of(name, (page.parent / path).resolve())
        file = Path(os.path.relpath(code, page.parent)).as_posix()
        if (file, right) != (path, int(line)):
            wrong.append(f"{page.relative_to(ROOT)}: {name} is at {file}:{right or 'nowhere'}")
        return f"[`{name}`]({file}#L{right or line})"

    return LINK.sub(link, page.read_text("utf-8")), wrong


def main(*, check: bool) -> list[str]:
    """Rewrite all pages, or only check them; list what is wrong, mentions in the code as well."""
    wrong = []
    for code in (ROOT / "src").rglob("*.py"):
        for name, anchor in MENTION.findall(code.read_text("utf-8")):
            page = (ROOT / name).read_text("utf-8") if (ROOT / name).exists() else ""
            heads = re.sub(r"[^\w\-\n# ]", "", page.lower()).replace(" ", "-")
            if not page or (anchor and not re.search(f"^#+-{anchor}$", heads, re.MULTILINE)):
                wrong.append(f"{code.relative_to(ROOT)}: {name} {anchor} is nowhere")
    for page in sorted((ROOT / "docs").rglob("*.md")):
        text, stale = relinked(page)
        wrong += [each for each in stale if check or each.endswith("nowhere")]
        if text != page.read_text("utf-8") and not check:
            page.write_text(text, "utf-8")
    return wrong


if __name__ == "__main__":
    sys.exit("\n".join(main(check="--check" in sys.argv)) or 0)
