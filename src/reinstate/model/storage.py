"""Reading and writing a model directory, byte for byte the same for the same model.

A directory may come from a stranger. So: the manifest lists every file with its SHA-256; sizes
are bounded before anything is read; arrays are taken from stored (never compressed) archive
members whose headers are held against their length; nothing is unpickled, ever.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reinstate.errors import InputError, ModelError

#: Version of the directory format written, and the newest that is read.
FORMAT = 1
MANIFEST = "manifest.json"
WEIGHTS = "weights.npz"
VOCABULARY = "vocabulary.txt"

_MAX_FILE_BYTES = 200_000_000
_MAX_MANIFEST_BYTES = 2_000_000
_EPOCH = (1980, 1, 1, 0, 0, 0)


def arrays_bytes(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The bytes of an ``.npz`` that depend on the arrays alone (no clock, no compressor)."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(arrays):
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, np.ascontiguousarray(arrays[name]), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", _EPOCH), buffer.getvalue())
    return whole.getvalue()


def read_arrays(data: bytes, expected: Mapping[str, tuple[str, int]], name: str) -> dict[str, NDArray[Any]]:
    """Read arrays from the bytes of an ``.npz``.

    Parameters
    ----------
    data : bytes
    expected : mapping of str to (dtype, dimensions)
        The arrays that have to be there; others are refused.
    name : str
        What to call the file in errors.

    Raises
    ------
    ModelError
        If the archive is damaged or holds anything else than was expected.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _members(archive, len(data), expected, name)
    except ModelError:
        raise
    except Exception as error:  # archive and headers are a stranger's: what they provoke cannot be listed
        raise ModelError(f"{name}: damaged or not a weights file ({error})") from error


def _members(
    archive: zipfile.ZipFile, size: int, expected: Mapping[str, tuple[str, int]], name: str
) -> dict[str, NDArray[Any]]:
    members = {info.filename: info for info in archive.infolist()}
    if set(members) != {f"{key}.npy" for key in expected}:
        raise ModelError(f"{name}: holds {sorted(members)} where {sorted(expected)} were expected")
    out = {}
    for key, (dtype, dimensions) in expected.items():
        info = members[f"{key}.npy"]
        if info.compress_type != zipfile.ZIP_STORED or info.file_size > size:
            raise ModelError(f"{name}: {key} is compressed; a model's arrays are stored plainly")
        out[key] = _array(archive.read(info), dtype, dimensions, f"{name}: {key}")
    return out


def _array(data: bytes, dtype: str, dimensions: int, where: str) -> NDArray[Any]:
    stream = io.BytesIO(data)
    version = np.lib.format.read_magic(stream)
    if version != (1, 0):
        raise ModelError(f"{where}: array format {version} is not read here")
    shape, fortran, kind = np.lib.format.read_array_header_1_0(stream)
    if kind != np.dtype(dtype) or len(shape) != dimensions or fortran:
        raise ModelError(f"{where}: {kind} of shape {shape} where {dimensions} dimensions of {dtype} were expected")
    rest = len(data) - stream.tell()
    if math.prod(shape) * kind.itemsize != rest:
        raise ModelError(f"{where}: shape {shape} does not fit its {rest} bytes")
    return np.frombuffer(data, dtype=kind, offset=stream.tell()).reshape(shape)


def write_directory(path: Path, manifest: dict[str, Any], contents: Mapping[str, bytes]) -> None:
    """Write a model directory so that its final name never holds a half-written model.

    Parameters
    ----------
    path : Path
        The directory; replaced as a whole if it exists and is a model.
    manifest : dict
        All but ``format`` and ``files``, which are added here.
    contents : mapping of str to bytes
        The other files, by their relative names.

    Raises
    ------
    InputError
        If something else than a model is there.
    """
    check_replaceable(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    stale = path.with_name(f".{path.name}.{os.getpid()}.old")
    for leftover in (fresh, stale):
        remove_tree(leftover)
    fresh.mkdir()
    for name, data in contents.items():
        target = fresh / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    complete = {
        "format": FORMAT,
        **manifest,
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(contents.items())},
    }
    (fresh / MANIFEST).write_text(json.dumps(complete, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if path.exists():
        path.replace(stale)
    fresh.replace(path)
    remove_tree(stale)


def check_replaceable(path: Path) -> None:
    """Make sure that writing a model here costs nobody anything else.

    Raises
    ------
    InputError
        If there is a file, or a folder that holds other things than a model.
    """
    if not path.exists():
        return
    if not path.is_dir() or (not (path / MANIFEST).is_file() and any(path.iterdir())):
        raise InputError(f"{path}: is there and is no model; a model is written over another model alone")


def remove_tree(path: Path) -> None:
    """Remove a directory of ours, if it is there."""
    import shutil

    if path.exists():
        shutil.rmtree(path)


def read_manifest(path: Path) -> dict[str, Any]:
    """Read and check the manifest of a model directory.

    Raises
    ------
    ModelError
        If there is none, it is damaged, or its format is newer than this version reads.
    """
    file = path / MANIFEST
    try:
        if file.stat().st_size > _MAX_MANIFEST_BYTES:
            raise ModelError(f"{file}: too large for a manifest")
        manifest = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelError(f"{path}: not a model directory (it has no {MANIFEST})") from None
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"{file}: damaged manifest ({error})") from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("format"), int) or manifest["format"] < 1:
        raise ModelError(f"{file}: not a manifest of a model")
    if manifest["format"] > FORMAT:
        raise ModelError(
            f"{path}: model format {manifest['format']} is newer than this version reads ({FORMAT}); "
            "upgrade with: pip install -U reinstate"
        )
    if not isinstance(manifest.get("files"), dict):
        raise ModelError(f"{file}: 'files' is missing")
    return manifest


def read_verified(path: Path, manifest: Mapping[str, Any], name: str) -> bytes:
    """The bytes of one file of a model directory, held against the manifest's SHA-256.

    Raises
    ------
    ModelError
        If the file is missing, too large, or not the one that the manifest means.
    """
    file = path / name
    wanted = manifest["files"].get(name)
    if wanted is None:
        raise ModelError(f"{path / MANIFEST}: does not list {name}")
    try:
        size = file.stat().st_size
        if size > _MAX_FILE_BYTES:
            raise ModelError(f"{file}: {size} bytes are too many for a model file")
        data = file.read_bytes()
    except FileNotFoundError:
        raise ModelError(f"{path}: {name} is missing; copy or export the model again") from None
    except OSError as error:
        raise ModelError(f"{file}: cannot be read ({error.strerror})") from error
    if hashlib.sha256(data).hexdigest() != wanted:
        raise ModelError(f"{file}: its checksum is not the manifest's; the file is damaged or was changed")
    return data
