"""The labelled notice and its files: JSONL, CSV, Parquet."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reinstate.errors import InputError, LabelError, MissingExtraError
from reinstate.taxonomy import Taxonomy, default_taxonomy
from reinstate.text.decoding import MOST_CELL

#: Problems named in one error; more are counted.
_MOST_PROBLEMS = 20
_LISTS = ("also", "accept")
_TEXTS = ("id", "stage", "language", "marketplace", "group", "voice", "origin", "note")


@dataclass(frozen=True, slots=True)
class LabelledNotice:
    """One labelled notice.

    Attributes
    ----------
    text : str
    reason : str or None
        None where Amazon's text names no reason.
    id, stage, language, marketplace, group, voice, origin, note : str or None
        ``group``: rows that share wording share a group. ``voice``: who wrote it.
    also : tuple of str
        Further reasons stated in the same notice.
    accept : tuple of str
        Further reasons that count as right, for evaluation.
    year : int or None
    complete : bool
        False for a fragment.
    """

    text: str
    reason: str | None
    id: str | None = None
    stage: str | None = None
    also: tuple[str, ...] = ()
    language: str | None = None
    marketplace: str | None = None
    year: int | None = None
    complete: bool = True
    group: str | None = None
    voice: str | None = None
    accept: tuple[str, ...] = ()
    origin: str | None = None
    note: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The row as it is written: what is not known is left out."""
        row: dict[str, Any] = {"id": self.id, "text": self.text, "reason": self.reason, "stage": self.stage}
        row.update(also=list(self.also), accept=list(self.accept), year=self.year, group=self.group, voice=self.voice)
        row.update(language=self.language, marketplace=self.marketplace, origin=self.origin, note=self.note)
        if not self.complete:
            row["complete"] = False
        return {key: value for key, value in row.items() if key in ("text", "reason") or value not in (None, [], "")}


def read_folder(path: Path, taxonomy: Taxonomy | None = None) -> list[LabelledNotice]:
    """All rows of the JSONL files of a folder, by file name.

    Raises
    ------
    InputError
        If there is no such folder or no file in it.
    LabelError
        If rows are at fault.
    """
    files = sorted(path.glob("*.jsonl"))
    if not files:
        raise InputError(f"{path}: no folder with labelled notices (*.jsonl)")
    return [row for file in files for row in read_rows(file, taxonomy)]


def read_rows(path: Path, taxonomy: Taxonomy | None = None) -> list[LabelledNotice]:
    """The rows of one file of labelled notices.

    Parameters
    ----------
    path : Path
        ``.jsonl``, ``.csv`` or ``.parquet`` with the columns of :class:`LabelledNotice`.
    taxonomy : Taxonomy, optional
        The labels that are allowed; the shipped ones if left out.

    Raises
    ------
    InputError
        If the file cannot be read as what its suffix says.
    LabelError
        If rows break the rules; all of them are named, with file and row.
    """
    taxonomy = taxonomy or default_taxonomy()
    rows: list[LabelledNotice] = []
    problems: list[str] = []
    for number, raw in _raw_rows(path, problems):
        try:
            rows.append(_row(raw, taxonomy))
        except LabelError as error:
            problems.append(f"{path}:{number}: {error}")
    if problems:
        more = f"\n… and {len(problems) - _MOST_PROBLEMS} more" if len(problems) > _MOST_PROBLEMS else ""
        raise LabelError("\n".join(problems[:_MOST_PROBLEMS]) + more)
    return rows


def write_rows(path: Path, rows: Iterable[LabelledNotice]) -> None:
    """Write rows as JSONL."""
    lines = (json.dumps(row.as_dict(), ensure_ascii=False) + "\n" for row in rows)
    path.write_text("".join(lines), encoding="utf-8")


def digest(rows: Iterable[LabelledNotice]) -> str:
    """A SHA-256 of what training reads of the rows, in their order."""
    state = hashlib.sha256()
    for row in rows:
        part = [row.text, row.reason, row.stage, list(row.also), row.group, row.voice]
        state.update(json.dumps(part, ensure_ascii=False).encode() + b"\n")
    return state.hexdigest()


def _raw_rows(path: Path, problems: list[str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    suffix = path.suffix.lower()
    if not path.is_file():
        raise InputError(f"{path}: no such file")
    if suffix == ".parquet":
        yield from enumerate(_parquet(path), 1)
        return
    if suffix not in (".jsonl", ".csv"):
        raise InputError(f"{path}: labelled notices are read from .jsonl, .csv or .parquet")
    try:
        with path.open(encoding="utf-8-sig", newline="" if suffix == ".csv" else None) as stream:
            if suffix == ".csv":
                csv.field_size_limit(MOST_CELL)
                # Row 1 is the header, as a spreadsheet counts.
                yield from enumerate(csv.DictReader(stream), 2)
                return
            for number, line in enumerate(stream, 1):
                if not line.strip():
                    continue
                try:
                    raw = json.loads(line)
                except (ValueError, RecursionError) as error:
                    problems.append(f"{path}:{number}: not JSON ({error})")
                    continue
                if isinstance(raw, dict):
                    yield number, raw
                else:
                    problems.append(f"{path}:{number}: not a JSON object")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 ({error.reason} at byte {error.start}); save it as UTF-8") from error
    except csv.Error as error:
        raise InputError(f"{path}: not a readable CSV table ({error})") from error


def _parquet(path: Path) -> list[dict[str, Any]]:
    try:
        import pyarrow as arrow
        import pyarrow.parquet as parquet
    except ImportError as error:
        raise MissingExtraError("train", "pyarrow") from error
    try:
        table = parquet.read_table(path)
    except (arrow.ArrowException, OSError) as error:
        raise InputError(f"{path}: not a readable Parquet file ({error})") from error
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def _row(raw: Mapping[str, Any], taxonomy: Taxonomy) -> LabelledNotice:
    text = raw.get("text")
    if not isinstance(text, str) or not text.strip():
        raise LabelError("'text' is missing or empty")
    if "reason" not in raw:
        raise LabelError("'reason' is missing (leave it empty where the notice names none)")
    reason = _label(raw["reason"], taxonomy, "reason")
    stage = _optional(raw.get("stage"))
    if stage is not None and stage not in taxonomy.stages:
        raise LabelError(f"unknown stage {stage!r}; stages are: {', '.join(taxonomy.stages)}")
    lists: dict[str, Any] = {}
    for key in _LISTS:
        value = raw.get(key) or []
        if isinstance(value, str):
            value = [part.strip() for part in value.strip("[]").replace("'", "").replace('"', "").split(",")]
        if not isinstance(value, list):
            raise LabelError(f"{key!r} is no list: {value!r}")
        lists[key] = tuple(label for part in value if (label := _label(part, taxonomy, key)))
    year = raw.get("year")
    try:
        year = int(year) if year not in (None, "") else None
    except (TypeError, ValueError, OverflowError):
        raise LabelError(f"'year' is no number: {year!r}") from None
    complete = str(raw.get("complete", "true")).strip().lower() not in ("false", "0", "no")
    texts: dict[str, Any] = {key: _optional(raw.get(key)) for key in _TEXTS if key != "stage"}
    return LabelledNotice(_whole(text), reason, stage=stage, year=year, complete=complete, **lists, **texts)


def _label(value: Any, taxonomy: Taxonomy, key: str) -> str | None:
    slug = _optional(value)
    if slug is None:
        return None
    if slug not in taxonomy.reasons:
        try:
            taxonomy.require_reason(slug)
        except InputError as error:
            raise LabelError(f"{key}: {error}") from None
    return slug


def _optional(value: Any) -> str | None:
    text = "" if value is None else _whole(str(value)).strip()
    return text or None


def _whole(text: str) -> str:
    """The text with U+FFFD for half a surrogate pair, as a cut through an emoji leaves it in JSON."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
