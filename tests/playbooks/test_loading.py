from __future__ import annotations

import json
import tomllib
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reinstate.playbooks
from reinstate.errors import InputError
from reinstate.playbooks import load_playbook, playbook_names
from reinstate.playbooks.loading import LISTS, parse_playbook

SHIPPED = Path(reinstate.playbooks.__file__).parent / "payment_method.toml"
PARSED: dict[str, Any] = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def toml(data: dict[str, Any]) -> str:
    """Enough TOML for a playbook: JSON's strings, numbers and lists are TOML's."""
    plain = {key: value for key, value in data.items() if not isinstance(value, dict)}
    lines = [f"{key} = {_value(value)}" for key, value in plain.items()]
    for key, table in data.items():
        if isinstance(table, dict):
            lines += [f"[{key}]", *(f"{name} = {_value(value)}" for name, value in table.items())]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_value(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "payment_method.toml").write_text(toml({**PARSED, "title": "As we do it"}), encoding="utf-8")
    return tmp_path


class TestOwnFolder:
    def test_goes_before_the_shipped_playbooks_file_by_file(self, own: Path) -> None:
        assert load_playbook("payment_method", own).title == "As we do it"
        assert load_playbook("payment_method").title == PARSED["title"]
        assert load_playbook("trademark", own) == load_playbook("trademark")

    def test_may_hold_reasons_of_its_own(self, own: Path) -> None:
        (own / "late_invoice.toml").write_text(toml({**PARSED, "reason": "late_invoice"}), encoding="utf-8")
        assert load_playbook("late_invoice", own).reason == "late_invoice"
        assert playbook_names(own) == sorted([*playbook_names(), "late_invoice"])

    def test_that_is_not_there_changes_nothing(self, tmp_path: Path) -> None:
        assert playbook_names(tmp_path / "none") == playbook_names()
        assert load_playbook("trademark", tmp_path / "none") == load_playbook("trademark")


class TestNoSuchPlaybook:
    @pytest.mark.parametrize("name", ["nothing_like_it", "", "../trademark", "_common", "a b", "trademark.toml", "/"])
    def test_is_said(self, name: str) -> None:
        with pytest.raises(InputError, match="there is no playbook for"):
            load_playbook(name)

    def test_a_name_cannot_leave_the_folder(self, own: Path) -> None:
        (own / "inside").mkdir()
        with pytest.raises(InputError, match="there is no playbook for"):
            load_playbook("../payment_method", own / "inside")


class TestMalformed:
    """The message names the file and the key at fault."""

    def failure(self, folder: Path, data: dict[str, Any]) -> str:
        file = folder / "payment_method.toml"
        file.write_text(toml(data), encoding="utf-8")
        with pytest.raises(InputError) as caught:
            load_playbook("payment_method", folder)
        message = str(caught.value)
        assert message.startswith(f"{file}: ")
        return message

    @pytest.mark.parametrize("key", [*LISTS, "reason", "title", "summary", "answer", "outline"])
    def test_a_missing_key(self, tmp_path: Path, key: str) -> None:
        data = {name: value for name, value in PARSED.items() if name != key}
        assert key in self.failure(tmp_path, data)

    @pytest.mark.parametrize("key", ["title", "summary"])
    def test_an_empty_text(self, tmp_path: Path, key: str) -> None:
        assert repr(key) in self.failure(tmp_path, {**PARSED, key: "  "})

    def test_an_unknown_key(self, tmp_path: Path) -> None:
        assert "'titel'" in self.failure(tmp_path, {"titel": "x", **PARSED})

    @pytest.mark.parametrize("key", list(LISTS))
    def test_an_empty_list(self, tmp_path: Path, key: str) -> None:
        assert repr(key) in self.failure(tmp_path, {**PARSED, key: []})

    @pytest.mark.parametrize("key", list(LISTS))
    def test_an_entry_that_lacks_a_key_or_has_one_too_many(self, tmp_path: Path, key: str) -> None:
        first, *others = PARSED[key]
        lacking = {name: value for name, value in first.items() if name != LISTS[key][0]}
        assert f"{key}[1] has to hold {LISTS[key][0]}" in self.failure(tmp_path, {**PARSED, key: [lacking, *others]})
        more = {**first, "extra": "x"}
        assert f"{key}[1] has to hold" in self.failure(tmp_path, {**PARSED, key: [more, *others]})

    def test_an_entry_with_an_empty_text(self, tmp_path: Path) -> None:
        data = {**PARSED, "mistakes": [{"what": "a", "why": "b"}, {"what": " ", "why": "b"}]}
        assert "'mistakes[2].what'" in self.failure(tmp_path, data)

    @pytest.mark.parametrize("sources", ["12", ["12"], [True], [1.5]])
    def test_sources_that_are_no_numbers(self, tmp_path: Path, sources: Any) -> None:
        data = {**PARSED, "communication": [{"do": "Wait.", "sources": sources}]}
        assert "communication[1]: sources" in self.failure(tmp_path, data)

    def test_a_source_that_does_not_exist(self, tmp_path: Path) -> None:
        data = {**PARSED, "communication": [{"do": "Wait.", "sources": [1, 99999]}]}
        message = self.failure(tmp_path, data)
        assert "communication[1].sources" in message
        assert "99999" in message

    def test_a_certainty_that_does_not_exist(self, tmp_path: Path) -> None:
        data = {**PARSED, "deadlines": [{"what": "a", "limit": "b", "certainty": "surely", "sources": []}]}
        assert "deadlines[1].certainty has to be one of amazon" in self.failure(tmp_path, data)

    @pytest.mark.parametrize(
        ("outline", "key"),
        [
            ({"root_cause": ["a"]}, "outline"),
            ({"root_cause": "a", "corrective": ["a"], "preventive": ["a"]}, "outline.root_cause"),
            ({"root_cause": ["a"], "corrective": 1, "preventive": ["a"]}, "outline.corrective"),
            ({"root_cause": ["a"], "corrective": ["a"], "preventive": []}, "outline.preventive"),
            ({"root_cause": ["a"], "corrective": ["a"], "preventive": [1]}, "outline.preventive"),
        ],
    )
    def test_an_outline_of_another_form(self, tmp_path: Path, outline: Any, key: str) -> None:
        assert key in self.failure(tmp_path, {**PARSED, "outline": outline})

    def test_tell_apart_of_another_form(self, tmp_path: Path) -> None:
        assert "tell_apart.trademark" in self.failure(tmp_path, {**PARSED, "tell_apart": {"trademark": 1}})
        assert "'tell_apart'" in self.failure(tmp_path, {**PARSED, "tell_apart": "x"})

    @pytest.mark.parametrize("content", [b"reason = ", b"\xff\xfe\x00"])
    def test_a_file_that_is_no_toml(self, tmp_path: Path, content: bytes) -> None:
        file = tmp_path / "trademark.toml"
        file.write_bytes(content)
        with pytest.raises(InputError, match="not a readable TOML file") as caught:
            load_playbook("trademark", tmp_path)
        assert str(file) in str(caught.value)


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(sorted(PARSED)), anything)
def test_whatever_stands_under_a_key_is_read_or_refused(key: str, value: Any) -> None:
    try:
        book = parse_playbook({**PARSED, key: value}, "own.toml")
    except InputError as error:
        message = str(error)
    else:
        assert book.reason
        return
    assert message.startswith("own.toml: ")
    assert key in message


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(sorted(LISTS)), anything)
def test_whatever_stands_in_a_list_is_read_or_refused(key: str, value: Any) -> None:
    data = deepcopy(PARSED)
    data[key].append(value)
    with pytest.raises(InputError, match=rf"own\.toml: {key}\[{len(data[key])}\]"):
        parse_playbook(data, "own.toml")


def test_sources_are_collected_once_and_in_order() -> None:
    book = load_playbook("payment_method")
    assert list(book.sources()) == sorted({n for name in LISTS for item in getattr(book, name) for n in item.sources})


def test_texts_stand_in_one_line_each() -> None:
    book = parse_playbook({**PARSED, "summary": "one\n  two\n"}, "own.toml")
    assert book.summary == "one two"
