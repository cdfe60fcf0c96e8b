"""The documents say what the code does: figures, commands and examples."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from reinstate.cli.commands import app

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("script", ["docs/make_commands.py", "benchmarks/readme_figures.py"])
def test_generated_parts_of_the_documents_are_current(script: str) -> None:
    done = subprocess.run([sys.executable, str(ROOT / script), "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_python_examples_of_the_readme_run(capsys: pytest.CaptureFixture[str]) -> None:
    examples = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    assert examples
    for example in examples:
        exec(compile(example, "README.md", "exec"), {})
    assert "inauthentic" in capsys.readouterr().out


def test_every_command_of_the_readme_exists_and_every_command_is_documented() -> None:
    known = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
    used = set(
        re.findall(r"reinstate (classify|\w+) ", "\n".join(re.findall(r"^\$ (.*)$", README, flags=re.MULTILINE)))
    )
    assert used <= known
    documented = set(
        re.findall(r"^## reinstate (\w+)$", (ROOT / "docs" / "commands.md").read_text(), flags=re.MULTILINE)
    )
    assert documented == known


def test_links_of_the_documents_lead_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *ROOT.glob("*/README.md"), *ROOT.glob("docs/*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page}: {target}"


def test_every_habit_of_the_makefile_is_listed_by_its_help() -> None:
    listed = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, flags=re.MULTILINE))
    assert {line.split()[0] for line in listed.splitlines()} == targets
    for habit in ("setup", "data", "train", "evaluate", "test", "lint", "bench", "notebooks", "clean"):
        assert habit in targets
