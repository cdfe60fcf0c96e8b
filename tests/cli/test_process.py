"""The command as a process of its own: streams, terminals, signals."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

COMMAND = [sys.executable, "-c", "from reinstate.cli import main; main()"]


def run(*arguments: object, **more: Any) -> subprocess.CompletedProcess[str]:
    more.setdefault("stdin", subprocess.DEVNULL)
    more.setdefault("stdout", subprocess.PIPE)
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], stderr=subprocess.PIPE, text=True, encoding="utf-8", check=False, **more
    )


class TestExitCodes:
    def test_an_answer_is_0(self, notices: dict[str, Path]) -> None:
        end = run("classify", notices["trademark"])
        assert (end.returncode, end.stderr) == (0, "")

    def test_a_failure_is_1(self, notices: dict[str, Path], tmp_path: Path) -> None:
        end = run("classify", "--model", tmp_path, notices["trademark"])
        assert end.returncode == 1
        assert re.fullmatch(r"reinstate: error: .*not a model directory.*\n", end.stderr)

    def test_misuse_is_2(self, tmp_path: Path) -> None:
        end = run("classify", tmp_path / "none.txt")
        assert end.returncode == 2
        assert end.stderr == f"reinstate: error: {tmp_path / 'none.txt'}: no such file\n"

    def test_a_program_error_is_not_dressed_up(self, tmp_path: Path) -> None:
        broken = "import reinstate.diagnosis as d; d.diagnose = None\nfrom reinstate.cli import main; main()"
        end = subprocess.run(
            [sys.executable, "-c", broken, "classify"], input="hello", capture_output=True, text=True, check=False
        )
        assert end.returncode == 1
        assert "TypeError" in end.stderr


class TestPipes:
    def test_standard_input_is_read_to_its_end(self, notices: dict[str, Path]) -> None:
        with notices["trademark"].open("rb") as stream:
            assert "reinstate playbook trademark" in run("classify", stdin=stream).stdout

    def test_no_escape_codes_go_into_one(self, notices: dict[str, Path]) -> None:
        environment = os.environ | {"TERM": "xterm-256color", "FORCE_COLOR": "1"}
        assert "\x1b" not in run("classify", notices["trademark"], env=environment).stdout

    @pytest.mark.parametrize("command", ["classify", "playbook"])
    def test_a_reader_that_has_seen_enough_is_no_failure(self, notices: dict[str, Path], command: str) -> None:
        read, write = os.pipe()
        os.close(read)
        try:
            end = run(command, notices["trademark"] if command == "classify" else "trademark", stdout=write)
        finally:
            os.close(write)
        assert (end.returncode, end.stderr) == (0, "")

    @pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437"])
    def test_an_old_code_page_is_no_failure(self, notices: dict[str, Path], encoding: str) -> None:
        environment = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
        end = subprocess.run(
            [*COMMAND, "classify", str(notices["trademark"])], capture_output=True, env=environment, check=False
        )
        assert (end.returncode, end.stderr) == (0, b"")
        assert b"#####" in end.stdout
        assert b"reinstate playbook trademark" in end.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
class TestTerminal:
    def session(self, keys: bytes, *arguments: object, columns: int = 60) -> tuple[int, str]:
        """Type keys once the prompt stands, and give the exit code and all that was shown."""
        import pty
        import termios

        master, slave = pty.openpty()
        settings = termios.tcgetattr(slave)
        settings[3] &= ~termios.ECHO  # what is typed is not shown again
        termios.tcsetattr(slave, termios.TCSANOW, settings)
        termios.tcsetwinsize(slave, (40, columns))
        environment = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES", "NO_COLOR")}
        process = subprocess.Popen(
            [*COMMAND, "classify", *map(str, arguments)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment | {"TERM": "xterm-256color"},
            start_new_session=True,
            preexec_fn=_own_terminal,
        )
        os.close(slave)
        shown = b""
        typed = False
        try:
            while part := _read(master):
                shown += part
                if not typed and b"Ctrl-D" in shown:
                    typed = True
                    os.write(master, keys)
            return process.wait(60), shown.decode()
        finally:
            process.kill()
            process.wait()
            os.close(master)

    def test_a_pasted_notice_is_answered_after_ctrl_d(self, notices: dict[str, Path]) -> None:
        code, shown = self.session(notices["trademark"].read_bytes() + b"\n\x04")
        assert code == 0
        assert shown.startswith("Paste the notice")
        assert "reinstate playbook trademark" in re.sub(r"\x1b\[[0-9;]*m", "", shown)
        assert "\x1b[1;31m" in shown
        answer = re.sub(r"\x1b\[[0-9;]*m", "", shown).split("\r\n")[1:]
        assert max(map(len, answer)) <= 60

    def test_ctrl_d_alone_is_an_empty_notice(self) -> None:
        code, shown = self.session(b"\x04")
        assert code == 2
        assert "standard input: empty" in shown

    def test_ctrl_c_ends_quietly(self) -> None:
        code, shown = self.session(b"half a noti\x03")
        assert code == 130
        assert "Traceback" not in shown


def _read(master: int) -> bytes:
    try:
        return os.read(master, 65536)
    except OSError:  # Linux says so when the other end is closed
        return b""


def _own_terminal() -> None:
    """Make standard input the controlling terminal, so that Ctrl-C is a signal."""
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def test_a_missing_extra_is_named_with_the_command_that_installs_it(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"text": "a", "reason": "patent"}\n')
    without = "import sys; sys.modules['sklearn'] = None; from reinstate.cli import main; main()"
    end = subprocess.run(
        [sys.executable, "-c", without, "train", str(rows), "-o", str(tmp_path / "own")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert end.returncode == 1
    assert 'pip install "reinstate[train]"' in end.stderr
    assert len(end.stderr.splitlines()) == 1
