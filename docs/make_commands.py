"""Write docs/commands.md from the help texts of the command line.

python docs/make_commands.py            # write
python docs/make_commands.py --check    # fail if the page is stale
"""

from __future__ import annotations

import sys
from pathlib import Path

from typer.testing import CliRunner

from reinstate.cli.commands import app

PAGE = Path(__file__).parent / "commands.md"


def page() -> str:
    """The whole page: one section a command."""
    lines = ["# Commands", "", "Written by `docs/make_commands.py` from the help texts; edit those.", ""]
    names = [command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands]
    for words in [[], *([name] for name in names)]:
        title = " ".join(["reinstate", *words])
        result = CliRunner().invoke(app, [*words, "--help"], prog_name="reinstate", env={"NO_COLOR": "1"})
        lines += [f"## {title}", "", "```text", result.output.strip(), "```", ""]
    return "\n".join(line.rstrip() for line in "\n".join(lines).splitlines()) + "\n"


def main() -> None:
    """Write the page, or check it."""
    if "--check" in sys.argv[1:]:
        if not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != page():
            sys.exit("docs/commands.md is stale; run: python docs/make_commands.py")
        return
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
