"""The docs keep pace with the code: links, line numbers, mathematics and examples."""

import doctest
import gzip
import importlib.util
import re
import shlex
import subprocess
import sys
import textwrap
from itertools import islice
from pathlib import Path
from urllib.parse import unquote

import pytest

from glasslogit import cli

ROOT = Path(__file__).resolve().parents[1]
DOCS = sorted((ROOT / "docs").rglob("*.md"))
TOUR = sorted((ROOT / "examples").glob("*.md"))
PAGES = [*DOCS, *TOUR, ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"")
RARE = re.compile(
    r"^(?!.*(United-States|native_country))|Armed-Forces|Never-worked|Without-pay|1st-4th|Preschool|Priv-house"
)
MATH = re.compile(r"\$\$.+?\$\$|\$[^$\n]+\$", re.DOTALL)


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def prose(page: Path) -> str:
    return FENCE.sub("", page.read_text("utf-8"))


def anchors(page: Path) -> set[str]:
    """Headings as GitHub links to them: lower case, no punctuation, spaces as hyphens."""
    heads = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_links_into_the_code_have_the_right_lines():
    spec = importlib.util.spec_from_file_location("relink", ROOT / "docs" / "relink.py")
    relink = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(relink)
    assert relink.main(check=True) == [], "run: python docs/relink.py"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_relative_links_lead_somewhere(page):
    links = [one or other for one, other in LINK.findall(prose(page))]
    for link in links:
        path, _, anchor = unquote(link).partition("#")
        if re.match(r"\w+:", path):
            continue
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), link


def blocks(page: Path) -> list[str]:
    return [text for kind, text in FENCE.findall(page.read_text("utf-8")) if kind == "python"]


def run(code: str, page: Path) -> None:
    examples = doctest.DocTestParser().get_doctest(code, {}, name(page), name(page), 0)
    failed, tried = doctest.DocTestRunner().run(examples)
    assert not failed, code
    assert bool(code.strip()) == bool(tried), "write examples with >>> so that they are run"


@pytest.mark.parametrize("page", [ROOT / "README.md", *DOCS], ids=name)
def test_each_example_runs_when_it_is_pasted_alone(page):
    for code in blocks(page):
        run(code, page)


def test_the_examples_of_the_readme_type_check(tmp_path):
    """As a user's own checker sees them."""
    parser = doctest.DocTestParser()
    functions = []
    for k, code in enumerate(blocks(ROOT / "README.md")):
        body = "".join(example.source for example in parser.get_examples(code))
        functions.append(f"def block_{k}() -> None:\n{textwrap.indent(body, '    ')}")
    (tmp_path / "readme.py").write_text("\n".join(functions))
    command = [sys.executable, "-m", "mypy", str(tmp_path / "readme.py")]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


EXTRAS = {  # by what an example says, what has to be installed
    r"(from|import) sklearn": "sklearn",
    r"import pandas|as_frame=True": "stats",
    r"import pandas|as_frame=True|formula": "frames",
    r"import .*\b(summarize|firth|diagnose|find_separation|bootstrap|evaluate_against)\b": "stats",
    r"(from|import) matplotlib|glasslogit.show": "plots",
    r"import polars|glasslogit.cli": "cli",
    r"import duckdb": "sql",
}


@pytest.mark.parametrize("page", [ROOT / "README.md", *DOCS, *TOUR], ids=name)
def test_a_page_names_the_extras_that_its_examples_need(page):
    code = "\n".join(blocks(page))
    needed = {extra for said, extra in EXTRAS.items() if re.search(said, code)}
    told = re.findall(r"pip install '[\w.]+\[([\w,]+)\]'", prose(page))
    assert needed <= {extra for each in told for extra in each.split(",")}


@pytest.mark.parametrize("page", TOUR, ids=name)
def test_a_tour_runs_from_its_beginning(page):
    run("\n".join(blocks(page)), page)


def commands(page: Path) -> list[str]:
    """Give the commands of a page, in order."""
    lines = "\n".join(
        text for kind, text in FENCE.findall(page.read_text("utf-8")) if kind == "console"
    )
    return re.findall(r"^(?:\$ )?glasslogit (.+)$", lines, re.MULTILINE)


@pytest.fixture
def census(tmp_path, monkeypatch):
    """A working folder with the tables of the examples, without rare levels, and a model."""
    with gzip.open(ROOT / "examples" / "income.csv.gz", "rt") as file:
        lines = [line for line in islice(file, 1001) if not RARE.search(line)]
    (tmp_path / "people.csv").write_text("".join(lines))
    (tmp_path / "new_people.csv").write_text("".join(lines[:200]))
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples" / "income.csv.gz").write_bytes(gzip.compress("".join(lines).encode()))
    (tmp_path / "examples" / "new_people.csv").write_text("".join(lines[:200]))
    for k, part in enumerate(("last_month", "this_month", "latest"), start=1):
        (tmp_path / f"{part}.csv").write_text("".join([lines[0], *lines[k::3]]))
    rows = [
        f"{20 + i % 60},{'ABC'[i % 3]},{i % 7 - 3},{'yes' if i % 5 < 2 else 'no'}"
        for i in range(200)
    ]
    (tmp_path / "patients.csv").write_text("\n".join(["age,ward,score,ill", *rows]))
    rows = [f"{dose},{cured},9" for dose in range(8) for cured in (dose, dose // 2 + 1, dose + 1)]
    (tmp_path / "trials.csv").write_text("\n".join(["dose,cured,patients", *rows]))
    monkeypatch.chdir(tmp_path)
    rows = [
        f'2023-{k % 12 + 1:02}-{k % 28 + 1:02},"${k * k % 2000 + 900:,}.50",{"yn"[k * k % 7 > 2]}'
        for k in range(60)
    ]
    (tmp_path / "customers.csv").write_text("\n".join(["joined,spent,left", *rows]))
    assert cli.run(["fit", "people.csv", "--target", "income", "--model", "model.json"]) == 0


@pytest.mark.usefixtures("census")
@pytest.mark.parametrize("page", [page for page in PAGES if commands(page)], ids=name)
def test_commands_run(page, capsys):
    for line in commands(page):
        code = cli.run(shlex.split(line))
        assert code == 0 or (code == 1 and line.startswith("check ")), capsys.readouterr().err


def test_every_option_of_the_command_line_has_an_example_that_runs():
    typer = pytest.importorskip("typer")
    from glasslogit.cli.commands import app

    shown = {word for page in PAGES for line in commands(page) for word in shlex.split(line)}
    for command in typer.main.get_command(app).commands.values():
        for parameter in command.params:
            names = {each for each in parameter.opts if each.startswith("--")} - {"--help"}
            assert not names or names & shown, f"{command.name}: {names}"


@pytest.mark.parametrize("page", DOCS, ids=name)
def test_github_can_show_the_mathematics(page):
    """Markdown may come first, and reads \\{ as {, and * and }_ as emphasis."""
    text = re.sub(r"`[^`\n]*`", "", prose(page))
    formulas = MATH.findall(text)
    assert "$" not in MATH.sub("", text), "a dollar sign without its partner"
    for formula in formulas:
        assert not re.search(r"\\[^A-Za-z ]|\*|[})|\]]_", formula), formula
        assert formula.count("{") == formula.count("}"), formula
        pairs = [len(re.findall(rf"\\{side}(?![a-z])", formula)) for side in ("left", "right")]
        assert pairs[0] == pairs[1], formula


def test_the_readme_names_files_that_are_there_or_were_made_before():
    text = (ROOT / "README.md").read_text()
    consoles = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    assert sum("glasslogit " in console for console in consoles) > 1
    for console in consoles:
        made = set()
        for line in console.splitlines():
            named = set(re.findall(r"[\w./]+\.(?:csv(?:\.gz)?|json)\b", line))
            written = set(re.findall(r"(?:--model|-o) (\S+)", line))
            made |= named if line.startswith("python ") else written
            assert all((ROOT / each).exists() for each in named - made), line
