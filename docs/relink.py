"""Point the links from the docs into the code at the lines where the code stands.

A link into the code has a name as its text: [`Class.method`](../src/file.py#L1).
`python docs/relink.py` rewrites the line numbers; with `--check` it only lists what is wrong.
"""  # noqa: INP001

import ast
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LINK = re.compile(r"(\[`([\w.]+)`\]\(([^)#\s]+\.py)#L)(\d+)\)")
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


def relinked(page: Path) -> tuple[str, list[str]]:
    """Give the text of a page with the right line numbers, and what was wrong before."""
    text, wrong = page.read_text("utf-8"), []
    for head, name, path, old in LINK.findall(text):
        code = page.parent / path
        line = lines_of(ast.parse(code.read_text("utf-8")).body).get(name) if code.exists() else 0
        if line != int(old):
            wrong.append(f"{page.relative_to(ROOT)}: {name} is at {path}:{line or 'nowhere'}")
        text = text.replace(f"{head}{old})", f"{head}{line or old})")
    return text, wrong


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
