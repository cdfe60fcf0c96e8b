"""Many texts to many answers: tables in, rows out, streaming.

The same way as a pasted notice, a chunk of texts at a time; memory does not grow with the table.
"""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any

from reinstate.diagnosis import Diagnosis, diagnose
from reinstate.errors import InputError
from reinstate.model import Model
from reinstate.taxonomy import Taxonomy
from reinstate.text.decoding import MOST_CELL

#: Texts scored together.
CHUNK = 512
TABLES = (".csv", ".tsv", ".jsonl")

#: Columns of a CSV row, in order.
COLUMNS = (
    "id", "source", "is_notice", "reason", "category", "probability", "unsure", "why_unsure", "candidates", "set",
    "also", "stage", "stage_probability", "asks", "language", "evidence", "asins", "deadlines", "documents",
    "reference_ids", "contacts", "policies", "metrics", "amounts", "complainant", "marketplaces", "authenticity",
    "playbook", "model", "truncated", "error",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class Message:
    """One text to score: where it came from, and why it cannot be read if it cannot."""

    text: str
    source: str
    id: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One answer of a batch; ``diagnosis`` is None where there is an error."""

    message: Message
    diagnosis: Diagnosis | None

    def as_dict(self) -> dict[str, Any]:
        """The object of a JSONL line."""
        answer = self.diagnosis.as_dict() if self.diagnosis else {}
        return {"id": self.message.id, "source": self.message.source, **answer, "error": self.message.error}


def read_table(path: Path, text_column: str = "text") -> Iterator[Message]:
    """The texts of a table.

    Parameters
    ----------
    path : Path
        ``.csv`` or ``.tsv`` with a header, or ``.jsonl``.
    text_column : str
        The column that holds the texts.

    Yields
    ------
    Message
        One for each row of the table, in order; a row that cannot be read carries its error.

    Raises
    ------
    InputError
        If the file is missing, of another kind, not UTF-8, or has no such column.
    """
    suffix = path.suffix.lower()
    if suffix not in TABLES:
        raise InputError(
            f"{path}: tables are read from {', '.join(TABLES)}; for a single notice use: reinstate classify"
        )
    if not path.is_file():
        raise InputError(f"{path}: no such file")
    try:
        with path.open(encoding="utf-8-sig", newline=None if suffix == ".jsonl" else "") as stream:
            reader = _jsonl if suffix == ".jsonl" else _csv
            yield from reader(stream, path, text_column)
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: not UTF-8 ({error.reason} at byte {error.start}); save the table as UTF-8"
        ) from error
    except csv.Error as error:
        raise InputError(f"{path}: not a readable table ({error})") from error


def score(
    messages: Iterable[Message],
    *,
    model: Model | None = None,
    taxonomy: Taxonomy | None = None,
    chunk: int = CHUNK,
) -> Iterator[Row]:
    """Score messages, one row each, in their order."""
    stream = iter(messages)
    while batch := list(islice(stream, chunk)):
        readable = [message.text for message in batch if message.error is None]
        answers = iter(diagnose(readable, model=model, taxonomy=taxonomy) if readable else [])
        for message in batch:
            yield Row(message, next(answers) if message.error is None else None)


def write_rows(path: Path, rows: Iterable[Row], each: Callable[[], None] = lambda: None) -> int:
    """Write rows to a table; the file appears under its name when it is complete.

    Parameters
    ----------
    path : Path
        ``.csv``, ``.tsv`` or ``.jsonl``.
    rows : iterable of Row
    each : callable
        Called after each row.

    Returns
    -------
    int
        How many rows were written.
    """
    if path.suffix.lower() not in TABLES:
        raise InputError(f"{path}: answers are written to {', '.join(TABLES)}")
    if path.is_dir():
        raise InputError(f"{path}: a folder, not a file")
    count = 0
    with _whole_file(path) as stream:
        put = _writer(path, stream)
        for row in rows:
            put(row)
            count += 1
            each()
    return count


def flat(row: Row) -> dict[str, str]:
    """A row as the cells of a table: lists joined, and nothing that a spreadsheet would run."""
    data = row.as_dict()
    facts = data.get("facts") or {}
    cells: dict[str, Any] = {name: data.get(name) for name in COLUMNS}
    if row.diagnosis:
        cells["candidates"] = "; ".join(f"{c['reason']}:{c['probability']}" for c in data["candidates"])
        cells["stage"], cells["stage_probability"] = data["stage"]["name"], data["stage"]["probability"]
        cells["authenticity"] = data["authenticity"]["verdict"]
        cells["evidence"] = " | ".join(e["text"] for e in data["evidence"])
        for name in ("asins", "deadlines", "reference_ids", "contacts", "amounts"):
            cells[name] = "; ".join(f["text"] for f in facts[name])
        for name in ("documents", "policies"):
            cells[name] = "; ".join(f["name"] for f in facts[name])
        cells["metrics"] = "; ".join(f"{m['name']}={m['value']}" for m in facts["metrics"])
        cells["complainant"], cells["marketplaces"] = facts["complainant"], "; ".join(facts["marketplaces"])
        for name in ("set", "also", "asks"):
            cells[name] = "; ".join(data[name])
    out = {name: _cell(value) for name, value in cells.items()}
    # Tables are joined on it, so an id keeps its spaces.
    return out | {"id": _safe(re.sub(r"\s", " ", row.message.id or ""))}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = " ".join(str(value).split())
    return _safe(text) if isinstance(value, str) else text


def _safe(text: str) -> str:
    """The text with a leading apostrophe where a spreadsheet would run it as a formula."""
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


def _csv(stream: IO[str], path: Path, text_column: str) -> Iterator[Message]:
    csv.field_size_limit(MOST_CELL)
    reader = csv.DictReader(stream, delimiter="\t" if path.suffix.lower() == ".tsv" else ",")
    columns = reader.fieldnames or []
    if text_column not in columns:
        raise InputError(
            f"{path}: no column {text_column!r} (there are: {', '.join(columns) or 'none'}); name it with --text-column"
        )
    for number, raw in enumerate(reader, 2):
        yield _message(raw, f"{path}:{number}", text_column)


def _jsonl(stream: IO[str], path: Path, text_column: str) -> Iterator[Message]:
    for number, line in enumerate(stream, 1):
        source = f"{path}:{number}"
        if not line.strip():
            continue
        try:
            raw = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield Message("", source, error=f"not JSON: {error}")
            continue
        if not isinstance(raw, dict) or text_column not in raw:
            yield Message("", source, error=f"not an object with a {text_column!r}")
            continue
        yield _message(raw, source, text_column)


def _message(raw: Mapping[str, Any], source: str, text_column: str) -> Message:
    own = raw.get("id")
    name = None if own is None or own == "" else str(own)
    text = raw.get(text_column)
    if not isinstance(text, str) or not text.strip():
        return Message("", source, name, error="empty text")
    return Message(text, source, name)


@contextmanager
def _whole_file(path: Path) -> Iterator[IO[str]]:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        # Half a surrogate pair, as a broken export may hold, has no UTF-8: it is written as JSON writes it.
        with part.open("w", encoding="utf-8", errors="backslashreplace", newline="") as stream:
            yield stream
        part.replace(path)
    except FileNotFoundError as error:
        raise InputError(f"{path.parent}: no such folder to write to") from error
    finally:
        part.unlink(missing_ok=True)


def _writer(path: Path, stream: IO[str]) -> Callable[[Row], None]:
    suffix = path.suffix.lower()
    if suffix == ".jsonl":

        def put_line(row: Row) -> None:
            stream.write(json.dumps(row.as_dict(), ensure_ascii=False) + "\n")

        return put_line
    table = csv.DictWriter(stream, COLUMNS, delimiter="\t" if suffix == ".tsv" else ",", lineterminator="\n")
    table.writeheader()

    def put_cells(row: Row) -> None:
        table.writerow(flat(row))

    return put_cells
