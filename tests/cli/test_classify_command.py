from __future__ import annotations

import json
import re
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

from reinstate import __version__, classify
from reinstate.model import load_model
from reinstate.taxonomy import default_taxonomy

ESCAPE = "\x1b"
Run = Callable[..., Any]


@pytest.fixture
def notice(notices: dict[str, Path]) -> Path:
    return notices["trademark"]


class TestAnswer:
    def test_a_file_is_answered(self, run: Run, notice: Path) -> None:
        end = run("classify", notice)
        assert (end.code, end.err) == (0, "")
        assert end.out.startswith(default_taxonomy().title_of("trademark"))
        assert "reinstate playbook trademark" in end.out
        assert "B09TMK0001" in end.out

    @pytest.mark.parametrize("arguments", [(), ("-",)])
    def test_standard_input_is_answered(self, run: Run, notice: Path, arguments: tuple[str, ...]) -> None:
        end = run("classify", *arguments, stdin=notice.read_bytes())
        assert (end.code, end.err) == (0, "")
        assert end.out == run("classify", notice).out

    def test_several_files_are_told_apart(self, run: Run, notices: dict[str, Path]) -> None:
        first, second = notices["trademark"], notices["drop_shipping"]
        end = run("classify", first, second)
        assert end.code == 0
        assert re.findall(r"^== (.*)$", end.out, re.MULTILINE) == [str(first), str(second)]

    def test_only_telling_lines_are_shown_unless_the_whole_is_asked_for(self, run: Run, notice: Path) -> None:
        # A line without any word that could speak for a reason.
        text = notice.read_bytes() + b"\n\nzzz qqq 000\n"
        assert "zzz qqq" not in run("classify", stdin=text).out
        assert "zzz qqq" in run("classify", "--whole", stdin=text).out

    def test_a_pipe_gets_no_escape_codes(self, run: Run, notice: Path) -> None:
        assert ESCAPE not in run("classify", notice).out

    def test_a_terminal_gets_colour_and_its_own_width(
        self, run: Run, notice: Path, terminal: Callable[[int], None]
    ) -> None:
        terminal(50)
        end = run("classify", notice)
        assert ESCAPE in end.out
        assert all(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) <= 50 for line in end.out.splitlines())

    @pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
    def test_a_terminal_may_decline_colour(
        self,
        run: Run,
        notice: Path,
        terminal: Callable[[int], None],
        monkeypatch: pytest.MonkeyPatch,
        name: str,
        value: str,
    ) -> None:
        terminal(80)
        monkeypatch.setenv(name, value)
        assert ESCAPE not in run("classify", notice).out

    def test_escape_codes_of_the_notice_do_not_reach_the_terminal(self, run: Run, notice: Path) -> None:
        hostile = "trademark \x1b[2J \x1b]0;owned\x07 trademark\x9b2J"
        text = notice.read_text(encoding="utf-8").replace("trademark", hostile)
        end = run("classify", "--whole", stdin=text.encode())
        assert end.code == 0
        assert not set(end.out) & {"\x1b", "\x07", "\x9b"}

    def test_nothing_is_asked_of_any_other_host(self, run: Run, notice: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object, **__: object) -> NoReturn:
            raise AssertionError("a socket was opened")

        monkeypatch.setattr(socket, "socket", refuse)
        assert run("classify", notice).code == 0


class TestJson:
    def test_is_the_answer_of_the_library(self, run: Run, notice: Path) -> None:
        end = run("classify", "--json", notice)
        assert (end.code, end.err) == (0, "")
        (line,) = end.out.splitlines()
        text = notice.read_text(encoding="utf-8")
        assert json.loads(line) == json.loads(json.dumps(classify(text).as_dict()))

    def test_is_one_line_for_each_notice(self, run: Run, notices: dict[str, Path]) -> None:
        end = run("classify", "--json", *notices.values())
        assert [json.loads(line)["reason"] for line in end.out.splitlines()] == list(notices)

    def test_a_terminal_gets_the_same(self, run: Run, notice: Path, terminal: Callable[[int], None]) -> None:
        piped = run("classify", "--json", notice).out
        terminal(40)
        assert run("classify", "--json", notice).out == piped

    def test_the_same_file_gives_the_same_bytes(self, run: Run, notice: Path) -> None:
        assert run("classify", "--json", notice).out == run("classify", "--json", notice).out


class TestEncodings:
    @pytest.mark.parametrize(
        ("encoding", "mark"),
        [
            ("utf-8", b""),
            ("utf-8-sig", b""),
            ("utf-16", b""),
            ("utf-16-le", b""),
            ("utf-16-be", b""),
            ("utf-16-be", b"\xfe\xff"),
            ("utf-32", b""),
            ("cp1252", b""),
        ],
    )
    def test_are_recognised(self, run: Run, notice: Path, encoding: str, mark: bytes) -> None:
        # The quotation marks and the dash have other bytes in each of them.
        text = "“Notice” – " + notice.read_text(encoding="utf-8")
        end = run("classify", "--json", stdin=mark + text.encode(encoding))
        answer = json.loads(end.out)
        assert answer["reason"] == "trademark"
        (asin,) = answer["facts"]["asins"]
        assert text[asin["start"] : asin["end"]] == "B09TMK0001"

    def test_windows_line_ends_change_nothing(self, run: Run, notice: Path) -> None:
        windows = run("classify", "--json", stdin=notice.read_bytes().replace(b"\n", b"\r\n"))
        assert windows.out == run("classify", "--json", notice).out


class TestWhatCannotBeRead:
    """One line that names the file, code 2."""

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"", "empty"),
            (b" \r\n\t\n", "empty"),
            (b"\xef\xbb\xbf", "empty"),
            (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "binary"),
            (b"PK\x03\x04" + b"\x00\x01\x02" * 99, "binary"),
            (b"notice " * 860_000, "too large for one notice"),
        ],
    )
    def test_content(self, run: Run, tmp_path: Path, content: bytes, message: str) -> None:
        file = tmp_path / "notice.txt"
        file.write_bytes(content)
        end = run("classify", file)
        assert (end.code, end.out) == (2, "")
        assert end.error.startswith(f"{file}: ")
        assert message in end.error

    def test_content_of_standard_input(self, run: Run) -> None:
        end = run("classify")
        assert end.code == 2
        assert end.error.startswith("standard input: empty")

    def test_a_folder(self, run: Run, tmp_path: Path) -> None:
        end = run("classify", tmp_path)
        assert end.code == 2
        assert end.error.startswith(f"{tmp_path}: a folder, not a file")

    def test_a_file_that_is_not_there(self, run: Run, tmp_path: Path) -> None:
        end = run("classify", tmp_path / "none.txt")
        assert end.code == 2
        assert end.error == f"{tmp_path / 'none.txt'}: no such file"

    def test_a_name_that_no_file_can_have(self, run: Run) -> None:
        end = run("classify", "n" * 5000)
        assert end.code == 2
        assert "cannot be read" in end.error

    def test_one_bad_file_does_not_keep_the_others_from_their_answers(
        self, run: Run, tmp_path: Path, notices: dict[str, Path]
    ) -> None:
        end = run("classify", "--json", notices["trademark"], tmp_path / "none.txt", notices["drop_shipping"])
        assert end.code == 2
        assert [json.loads(line)["reason"] for line in end.out.splitlines()] == ["trademark", "drop_shipping"]
        assert end.error.endswith("none.txt: no such file")


class TestModels:
    def test_a_model_of_ones_own_answers(self, run: Run, notice: Path, model_copy: Path) -> None:
        answer = json.loads(run("classify", "--json", "--model", model_copy, notice).out)
        assert answer["model"] == load_model(model_copy).title
        assert answer["model"].startswith("mine@")

    @pytest.mark.parametrize("name", ["weights.npz", "vocabulary.txt", "manifest.json"])
    @pytest.mark.parametrize("damage", [b"", b"\x00", None])
    def test_a_damaged_model_is_refused_by_name(
        self, run: Run, notice: Path, model_copy: Path, name: str, damage: bytes | None
    ) -> None:
        file = model_copy / name
        file.unlink() if damage is None else file.write_bytes(damage)
        end = run("classify", "--model", model_copy, notice)
        assert (end.code, end.out) == (1, "")
        assert str(model_copy) in end.error

    def test_one_changed_byte_of_the_weights_is_found(self, run: Run, notice: Path, model_copy: Path) -> None:
        weights = bytearray((model_copy / "weights.npz").read_bytes())
        weights[len(weights) // 2] ^= 1
        (model_copy / "weights.npz").write_bytes(weights)
        end = run("classify", "--model", model_copy, notice)
        assert end.code == 1
        assert "checksum" in end.error

    def test_a_model_of_a_newer_format_names_the_remedy(self, run: Run, notice: Path, model_copy: Path) -> None:
        manifest = json.loads((model_copy / "manifest.json").read_text(encoding="utf-8"))
        (model_copy / "manifest.json").write_text(json.dumps(manifest | {"format": 99}), encoding="utf-8")
        end = run("classify", "--model", model_copy, notice)
        assert end.code == 1
        assert "pip install -U reinstate" in end.error

    def test_a_folder_that_is_no_model(self, run: Run, notice: Path, tmp_path: Path) -> None:
        end = run("classify", "--model", tmp_path, notice)
        assert end.code == 1
        assert "not a model directory" in end.error


class TestCall:
    @pytest.mark.parametrize("arguments", [("--no-such-option",), ("no-such-command",), ("playbook",), ("score",)])
    def test_misuse_is_code_2(self, run: Run, arguments: tuple[str, ...]) -> None:
        end = run(*arguments)
        assert (end.code, end.out) == (2, "")
        assert "Usage: reinstate" in end.err

    def test_the_version_is_that_of_the_package(self, run: Run) -> None:
        end = run("--version")
        assert (end.code, end.out) == (0, f"reinstate {__version__}\n")

    @pytest.mark.parametrize("command", [(), ("classify",), ("playbook",), ("reasons",), ("score",), ("evaluate",)])
    def test_every_command_has_help(self, run: Run, command: tuple[str, ...]) -> None:
        end = run(*command, "--help")
        assert end.code == 0
        assert end.out.startswith("Usage: reinstate")

    def test_an_interrupt_ends_quietly(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupt(*_: object) -> NoReturn:
            raise KeyboardInterrupt

        monkeypatch.setattr(Path, "open", interrupt)
        end = run("classify", "notice.txt")
        assert (end.code, end.out, end.err) == (130, "", "")

    def test_a_streams_encoding_cannot_break_an_answer(
        self, run: Run, notice: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        sys.stdout.reconfigure(encoding="ascii")  # type: ignore[union-attr]
        end = run("classify", notice)
        assert end.code == 0
        assert "#" in end.out
