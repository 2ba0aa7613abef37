"""The documentation says what the program does: every command, setting, page, error and public name.

`python -m tests.test_docs --write` copies the help texts of the program into docs/commands.md.
"""

import inspect
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

import leitmotiv
from leitmotiv import errors
from leitmotiv.settings import Settings
from tests.command_tree import help_text, walk

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
COMMANDS = DOCS / "commands.md"
BLOCK = re.compile(r"<!-- help: ?(?P<path>[a-z -]*) -->\n```text\n(?P<text>.*?)\n```\n", re.DOTALL)
PLATFORM = "the platform's data folder"  # what docs/settings.md says of a default that is a path of this user
GLOSSARY = {
    *("image", "sample", "mixture", "component", "divergence", "cluster", "exemplar", "outlier", "coherence"),
    *("trend", "look", "library", "index", "ranking", "swatch", "cut", "nat", "space", "preference"),
}


def documents() -> list[Path]:
    return [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]


def rows(page: Path) -> list[list[str]]:
    """The cells of every table row of a page."""
    lines = [line for line in page.read_text("utf-8").splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def with_help_texts(page: str) -> str:
    """The page with each help text as the program prints it now."""

    def fresh(block: re.Match[str]) -> str:
        path = tuple(block["path"].split())
        return f"<!-- help: {' '.join(path)} -->\n```text\n{help_text(path)}\n```\n".replace("help:  -->", "help: -->")

    return BLOCK.sub(fresh, page)


@pytest.mark.parametrize("path", [path for path, _ in walk()], ids=lambda path: " ".join(path) or "leitmotiv")
def test_every_command_stands_in_the_docs_with_its_own_help_text(path):
    blocks = {tuple(block["path"].split()): block["text"] for block in BLOCK.finditer(COMMANDS.read_text("utf-8"))}
    assert path in blocks, f"docs/commands.md has no block <!-- help: {' '.join(path)} -->"
    assert blocks[path] == help_text(path), "run scripts/check --write-docs"


def test_docs_describe_no_command_that_is_gone():
    paths = {tuple(block["path"].split()) for block in BLOCK.finditer(COMMANDS.read_text("utf-8"))}
    assert paths == {path for path, _ in walk()}


def test_every_option_has_a_help_text():
    silent = [
        f"{' '.join(path)} {parameter.opts[0]}"
        for path, command in walk()
        for parameter in command.params
        if parameter.param_type_name == "option" and not getattr(parameter, "help", None)
    ]
    assert silent == []


def test_every_setting_stands_in_the_docs_with_its_default():
    documented = {row[0].strip("`"): row[1].strip("`") for row in rows(DOCS / "settings.md") if len(row) > 2}
    defaults = {field.name: getattr(Settings(), field.name) for field in fields(Settings) if field.name != "origins"}
    expected = {name: PLATFORM if isinstance(value, Path) else str(value) for name, value in defaults.items()}
    assert {name: documented.get(name) for name in expected} == expected


def test_every_environment_variable_stands_in_the_docs():
    sources = [*(ROOT / "leitmotiv").rglob("*.py"), *(ROOT / "scripts").iterdir()]
    named = {name for file in sources for name in re.findall(r"(?<!_)LEITMOTIV_[A-Z_]+[A-Z]", file.read_text("utf-8"))}
    assert "LEITMOTIV_CACHE" in named
    missing = named - set(re.findall(r"LEITMOTIV_[A-Z_]+[A-Z]", (DOCS / "settings.md").read_text("utf-8")))
    assert missing == set()


def test_every_error_stands_in_the_docs_with_its_exit_code():
    classes = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if kind is not errors.LeitmotivError]
    documented = {row[0].strip("`"): row[1] for row in rows(COMMANDS) if len(row) > 2}
    expected = {kind.__name__: str(kind.exit_code) for kind in classes}
    assert {name: documented.get(name) for name in expected} == expected


def test_every_public_name_stands_in_the_docs():
    page = (DOCS / "python.md").read_text("utf-8")
    assert [name for name in leitmotiv.__all__ if f"`{name}" not in page] == []


def test_every_page_stands_in_the_docs():
    from leitmotiv.web.app import create_app
    from leitmotiv.workflows.session import Session

    page = (DOCS / "pages.md").read_text("utf-8")
    rules = {re.sub(r"<[^>]+>", "<id>", rule.rule) for rule in create_app(Session(Settings())).url_map.iter_rules()}
    written = re.sub(r"<[^>]+>", "<id>", page)
    shown = {rule for rule in rules if not rule.startswith("/static")}
    assert "/clusters" in shown
    assert sorted(rule for rule in shown if f"`{rule}`" not in written and f" {rule}`" not in written) == []


def test_the_python_examples_run(tmp_path, monkeypatch):
    from tests.workflows.pictures import folder_of

    folder_of(tmp_path / "photos", 12)
    monkeypatch.chdir(tmp_path)
    examples = re.findall(r"```python\n(.*?)```", (DOCS / "python.md").read_text("utf-8"), re.DOTALL)
    assert examples
    done = subprocess.run([sys.executable, "-c", "\n".join(examples)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_glossary_holds_the_words_that_are_used():
    terms = set(re.findall(r"^\*\*([a-z ]+)\*\*", (DOCS / "glossary.md").read_text("utf-8"), re.MULTILINE))
    assert terms >= GLOSSARY
    package = " ".join(file.read_text("utf-8").lower() for file in (ROOT / "leitmotiv").rglob("*.py"))
    assert sorted(term for term in terms if not re.search(rf"\b{term}(e?s)?\b", package)) == []


@pytest.mark.parametrize("page", documents(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8"))
    links += re.findall(r'(?:src|href)="([^"]+)"', page.read_text("utf-8"))
    broken = []
    for link in links:
        target, _, anchor = link.partition("#")
        if target.startswith(("https://", "http://")):
            continue
        file = (page.parent / target) if target else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(link)
    assert broken == []


def anchors(page: Path) -> set[str]:
    """The anchors that a page's headings get where Markdown is shown."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_decisions_are_numbered_and_complete():
    decisions = sorted((DOCS / "decisions").glob("*.md"))
    numbers = [file.name[:4] for file in decisions]
    assert numbers == sorted(set(numbers)), "two decisions share a number"
    for file in decisions:
        assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", file.name)
        text = file.read_text("utf-8").lower()
        assert all(word in text for word in ("context", "choice", "price")), file.name


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit("usage: python -m tests.test_docs --write")
    COMMANDS.write_text(with_help_texts(COMMANDS.read_text("utf-8")), "utf-8")
