from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from reinstate.cli import main
from reinstate.model import default_model_path

SAMPLES = Path(__file__).parents[1] / "samples"


@dataclass(frozen=True)
class Ended:
    """What a command left: its exit code and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The one line of a known error."""
        (line,) = self.err.splitlines()
        assert line.startswith("reinstate: error: ")
        return line.removeprefix("reinstate: error: ")


Run = Callable[..., Ended]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command of ours in this process."""
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")

    def call(*arguments: object, stdin: bytes = b"") -> Ended:
        monkeypatch.setattr(sys, "argv", ["reinstate", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        with pytest.raises(SystemExit) as end:
            main()
        out, err = capsys.readouterr()
        code = end.value.code
        assert code is None or isinstance(code, int)
        return Ended(code or 0, out, err)

    return call


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[[int], None]:
    """Make standard output a terminal of so many columns."""

    def become(columns: int) -> None:
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setenv("TERM", "xterm-256color")
        monkeypatch.delenv("NO_COLOR", raising=False)

    return become


@pytest.fixture(scope="session")
def notices() -> dict[str, Path]:
    """Sample notices by their reason."""
    return {path.stem: path for path in sorted((SAMPLES / "notices").glob("*.txt"))}


@pytest.fixture
def model_copy(tmp_path: Path) -> Path:
    """A copy of the shipped model, to be damaged."""
    return Path(shutil.copytree(default_model_path(), tmp_path / "mine"))


@pytest.fixture
def labelled(tmp_path: Path, notices: dict[str, Path]) -> Path:
    """A table of labelled notices; one label is wrong on purpose."""
    rows = [
        {"id": reason, "text": path.read_text(encoding="utf-8"), "reason": reason, "group": reason}
        for reason, path in notices.items()
    ]
    rows.append({**rows[0], "id": "mislabelled", "reason": "patent"})
    table = tmp_path / "labelled.jsonl"
    table.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return table
