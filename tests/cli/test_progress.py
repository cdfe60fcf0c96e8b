from __future__ import annotations

import sys
import time
from itertools import count

import pytest

from reinstate.cli.progress import counted


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that goes a second each time it is looked at."""
    seconds = count()
    monkeypatch.setattr(time, "monotonic", lambda: float(next(seconds)))


@pytest.mark.usefixtures("clock")
def test_a_terminal_sees_count_and_rate_and_is_left_clean(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with counted("scored") as tick:
        for _ in range(3):
            tick()
    shown = capsys.readouterr().err
    assert shown.startswith("\r1 scored, 1 a second \r2 scored, 1 a second \r3 scored, 1 a second ")
    assert shown.endswith("\r\x1b[K")


@pytest.mark.usefixtures("clock")
def test_a_terminal_is_left_clean_by_a_failure_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    def fail() -> None:
        with counted("scored") as tick:
            tick()
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        fail()
    assert capsys.readouterr().err.endswith("\r\x1b[K")


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(("terminal", "quiet"), [(False, False), (True, True), (False, True)])
def test_a_pipe_or_a_quiet_run_sees_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], terminal: bool, quiet: bool
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    with counted("scored", quiet=quiet) as tick:
        for _ in range(3):
            tick()
    assert capsys.readouterr().err == ""
