from __future__ import annotations

import contextlib
import hashlib
import io
import json
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from reinstate.errors import InputError, ModelError
from reinstate.model.storage import (
    FORMAT,
    MANIFEST,
    arrays_bytes,
    check_replaceable,
    read_arrays,
    read_manifest,
    read_verified,
    write_directory,
)

EXPECTED = {"hashes": ("<u8", 1), "packed": ("|i1", 2)}
ARRAYS = {"hashes": np.arange(5, dtype="<u8"), "packed": np.ones((3, 2), np.int8)}
GOOD = arrays_bytes(ARRAYS)


def npy(header: str, payload: bytes = b"", version: tuple[int, int] = (1, 0)) -> bytes:
    """An array file with any header at all."""
    padded = header.encode("latin1") + b"\n"
    return b"\x93NUMPY" + bytes(version) + struct.pack("<H", len(padded)) + padded + payload


def header(descr: str = "'<u8'", shape: str = "(5,)", fortran: str = "False") -> str:
    return f"{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}"


def archive(compression: int = zipfile.ZIP_STORED, **members: bytes) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", compression) as file:
        for name, data in members.items():
            file.writestr(f"{name}.npy", data)
    return whole.getvalue()


PACKED = npy(header("'|i1'", "(3, 2)"), bytes(6))


@given(
    arrays_of.arrays("<u8", st.integers(0, 20)),
    arrays_of.arrays("|i1", st.tuples(st.integers(0, 5), st.integers(0, 5))),
)
def test_arrays_come_back_as_they_were(hashes: Any, packed: Any) -> None:
    back = read_arrays(arrays_bytes({"hashes": hashes, "packed": packed}), EXPECTED, "weights")
    assert np.array_equal(back["hashes"], hashes)
    assert np.array_equal(back["packed"], packed)


def test_the_bytes_depend_on_the_arrays_alone() -> None:
    turned = {name: np.asfortranarray(ARRAYS[name]) for name in reversed(ARRAYS)}
    assert arrays_bytes(turned) == GOOD


def test_an_array_of_objects_is_never_written() -> None:
    with pytest.raises(ValueError, match="allow_pickle"):
        arrays_bytes({"hashes": np.array([object()])})


@given(st.data())
def test_a_truncated_archive_is_refused(data: st.DataObject) -> None:
    with pytest.raises(ModelError, match="damaged or not a weights file"):
        read_arrays(GOOD[: data.draw(st.integers(0, len(GOOD) - 1))], EXPECTED, "weights")


@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_changed_bytes_are_refused_or_do_not_matter(changes: list[tuple[int, int]]) -> None:
    data = bytearray(GOOD)
    for place, value in changes:
        data[place] = value
    with contextlib.suppress(ModelError):
        back = read_arrays(bytes(data), EXPECTED, "weights")
        assert all(np.array_equal(back[name], ARRAYS[name]) for name in ARRAYS)


@given(st.binary(max_size=200))
def test_any_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(ModelError):
        read_arrays(data, EXPECTED, "weights")


@given(st.text(st.characters(max_codepoint=255), max_size=100))
def test_any_other_header_is_refused(text: str) -> None:
    with pytest.raises(ModelError):
        read_arrays(archive(hashes=npy(text, bytes(40)), packed=PACKED), EXPECTED, "weights")


@pytest.mark.parametrize(
    "head",
    [
        header(shape="(1000000000000,)"),
        header(shape="(10000000000000000000000000000000,)"),
        header(shape="(-5,)"),
        header(shape="(6,)"),
        header(shape="(4,)"),
        header(shape="()"),
        header(shape="(5, 1)"),
        header(shape="(5.0,)"),
        header(shape="(True,)"),
        header(shape="5"),
        header(shape="[5]"),
        header(fortran="True"),
        header("'>u8'"),
        header("'<i8'"),
        header("'<f8'"),
        header("'<u4'"),
        header("'M8[0s]'"),
        header("[('a', '<u8')]"),
        header("'|V8'"),
        "{'descr': ('",
        "{[]: 1}",
        "{1: 2, 'a': 3}",
        "[" * 5000,
        "(" * 9000 + ")" * 9000,
        "-" * 9000 + "1",
        "#" * 60_000,
        "__import__('os').abort()",
        "",
    ],
)
def test_a_header_that_lies_or_is_no_header_is_refused(head: str) -> None:
    with pytest.raises(ModelError, match="weights"):
        read_arrays(archive(hashes=npy(head, bytes(40)), packed=PACKED), EXPECTED, "weights")


@pytest.mark.parametrize("version", [(2, 0), (3, 0), (9, 9)])
def test_another_version_of_the_array_format_is_refused(version: tuple[int, int]) -> None:
    with pytest.raises(ModelError, match="is not read here"):
        read_arrays(archive(hashes=npy(header(), bytes(40), version), packed=PACKED), EXPECTED, "weights")


def test_a_well_made_archive_of_another_hand_is_read() -> None:
    back = read_arrays(archive(hashes=npy(header(), bytes(40)), packed=PACKED), EXPECTED, "weights")
    assert back["hashes"].tolist() == [0] * 5


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compressed_arrays_are_refused_unread(compression: int) -> None:
    small = archive(compression, hashes=npy(header(), bytes(40)), packed=PACKED)
    bomb = archive(compression, hashes=npy(header(shape="(1000000,)"), bytes(8_000_000)), packed=PACKED)
    for data in (small, bomb):
        with pytest.raises(ModelError, match="hashes is compressed"):
            read_arrays(data, EXPECTED, "weights")


class Payload:
    """Leaves a mark where it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.mark,)


def test_pickled_objects_are_refused_and_run_nothing(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.array([Payload(tmp_path / "mark")], dtype=object), allow_pickle=True)
    with pytest.raises(ModelError, match="object of shape"):
        read_arrays(archive(hashes=buffer.getvalue(), packed=PACKED), EXPECTED, "weights")
    assert not (tmp_path / "mark").exists()


def test_missing_and_additional_arrays_are_refused() -> None:
    hashes = npy(header(), bytes(40))
    for members in ({"hashes": hashes}, {"hashes": hashes, "packed": PACKED, "more": hashes}):
        with pytest.raises(ModelError, match=r"where \['hashes', 'packed'\] were expected"):
            read_arrays(archive(**members), EXPECTED, "weights")


def listing(path: Path) -> dict[str, bytes]:
    return {str(file.relative_to(path)): file.read_bytes() for file in path.rglob("*") if file.is_file()}


def test_a_directory_lists_each_file_with_its_checksum(tmp_path: Path) -> None:
    write_directory(tmp_path / "deep" / "model", {"version": "é"}, {"b.txt": b"B", "plots/a.png": b"A"})
    manifest = read_manifest(tmp_path / "deep" / "model")
    assert manifest == {
        "format": FORMAT,
        "version": "é",
        "files": {"b.txt": hashlib.sha256(b"B").hexdigest(), "plots/a.png": hashlib.sha256(b"A").hexdigest()},
    }
    assert read_verified(tmp_path / "deep" / "model", manifest, "plots/a.png") == b"A"


def test_a_model_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "model"
    write_directory(path, {"version": 1}, {"old.txt": b"old", "both.txt": b"1"})
    write_directory(path, {"version": 2}, {"both.txt": b"2"})
    assert set(listing(path)) == {"both.txt", MANIFEST}
    assert [entry.name for entry in tmp_path.iterdir()] == ["model"]


def test_an_empty_folder_may_become_a_model(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    write_directory(tmp_path / "model", {}, {"a": b"1"})
    assert read_manifest(tmp_path / "model")


def test_a_folder_of_other_things_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "notices.jsonl").write_bytes(b"years of work")
    with pytest.raises(InputError, match="data: is there and is no model"):
        write_directory(tmp_path / "data", {}, {"a": b"1"})
    with pytest.raises(InputError, match="is no model"):
        check_replaceable(tmp_path / "data" / "notices.jsonl")
    assert listing(tmp_path) == {"data/notices.jsonl": b"years of work"}


def test_a_write_that_fails_leaves_the_old_model(tmp_path: Path) -> None:
    path = tmp_path / "model"
    write_directory(path, {"version": 1}, {"a": b"1"})
    before = listing(path)
    with pytest.raises(OSError, match="name too long"):
        write_directory(path, {"version": 2}, {"a": b"2", "x" * 5000: b"2"})
    assert listing(path) == before
    write_directory(path, {"version": 2}, {"a": b"2"})
    assert [entry.name for entry in tmp_path.iterdir()] == ["model"]


def manifest_of(tmp_path: Path, content: Any) -> Path:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    (tmp_path / MANIFEST).write_bytes(data)
    return tmp_path


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "damaged manifest"),
        (b"{", "damaged manifest"),
        (b"\xff\xfe", "damaged manifest"),
        (b"[" * 200_000, "damaged manifest"),
        (b"9" * 5000, "damaged manifest"),
        ([], "not a manifest of a model"),
        ({}, "not a manifest of a model"),
        ({"format": "1"}, "not a manifest of a model"),
        ({"format": 0}, "not a manifest of a model"),
        ({"format": FORMAT}, "'files' is missing"),
        ({"format": FORMAT, "files": []}, "'files' is missing"),
        ({"format": FORMAT + 1, "files": {}}, "newer than this version reads .*upgrade with: pip install -U reinstate"),
        (b" " * 2_000_001, "too large for a manifest"),
    ],
)
def test_a_faulty_manifest_is_refused(tmp_path: Path, content: Any, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        read_manifest(manifest_of(tmp_path, content))


def test_what_is_no_model_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"not a model directory \(it has no manifest.json\)"):
        read_manifest(tmp_path / "nowhere")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ModelError, match="damaged manifest"):
        read_manifest(tmp_path / "file")
    (tmp_path / MANIFEST).mkdir()
    with pytest.raises(ModelError, match="damaged manifest"):
        read_manifest(tmp_path)


def test_a_file_is_read_only_if_it_is_the_one_that_the_manifest_means(tmp_path: Path) -> None:
    files = {"a": hashlib.sha256(b"A").hexdigest(), "gone": "0", "folder": "0", "changed": "0", "number": 5}
    for name in ("a", "changed", "number", "unlisted"):
        (tmp_path / name).write_bytes(b"A")
    (tmp_path / "folder").mkdir()
    assert read_verified(tmp_path, {"files": files}, "a") == b"A"
    for name, message in (
        ("unlisted", "does not list unlisted"),
        ("gone", "gone is missing; copy or export the model again"),
        ("folder", "cannot be read"),
        ("changed", "its checksum is not the manifest's"),
        ("number", "its checksum is not the manifest's"),
    ):
        with pytest.raises(ModelError, match=message):
            read_verified(tmp_path, {"files": files}, name)


def test_an_endless_file_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "weights.npz").open("wb") as stream:
        stream.truncate(200_000_001)  # a hole: takes no room on the disk
    with pytest.raises(ModelError, match="are too many for a model file"):
        read_verified(tmp_path, {"files": {"weights.npz": "0"}}, "weights.npz")
