"""Read a playbook and hold it against its form."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from reinstate.errors import InputError


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a list: the texts under their keys, and the numbers of its sources."""

    texts: Mapping[str, str]
    sources: tuple[int, ...] = ()

    def __getitem__(self, key: str) -> str:
        return self.texts[key]


#: The lists of a playbook and the keys of their entries.
LISTS: dict[str, tuple[str, ...]] = {
    "first_day": ("do",),
    "evidence": ("name", "what", "must_show", "who_has_it"),
    "root_causes": ("cause", "check"),
    "corrective_actions": ("do", "proof"),
    "preventive_measures": ("do", "proof"),
    "deadlines": ("what", "limit", "certainty"),
    "mistakes": ("what", "why"),
    "where_to_file": ("route", "how"),
    "communication": ("do",),
    "escalation": ("when", "to"),
}
_TEXTS = ("reason", "title", "summary", "answer", "specialist")
_OUTLINE = ("root_cause", "corrective", "preventive")


@dataclass(frozen=True, slots=True)
class Playbook:
    """The playbook of one reason.

    Attributes
    ----------
    reason, title, summary : str
    answer : str
        The kind of answer that is wanted, and the kind that gets rejected.
    specialist : str
        Why this wants a lawyer or specialist; empty where it does not.
    first_day … escalation : tuple of Item
        The lists, with the keys of :data:`LISTS`.
    outline : dict of str to tuple of str
        What the three parts of a letter must state for this reason.
    tell_apart : dict of str to str
        Neighbouring reason to what tells it from this one.
    """

    reason: str
    title: str
    summary: str
    answer: str
    specialist: str
    first_day: tuple[Item, ...]
    evidence: tuple[Item, ...]
    root_causes: tuple[Item, ...]
    corrective_actions: tuple[Item, ...]
    preventive_measures: tuple[Item, ...]
    deadlines: tuple[Item, ...]
    mistakes: tuple[Item, ...]
    where_to_file: tuple[Item, ...]
    communication: tuple[Item, ...]
    escalation: tuple[Item, ...]
    outline: Mapping[str, tuple[str, ...]]
    tell_apart: Mapping[str, str] = field(default_factory=dict)

    def sources(self) -> tuple[int, ...]:
        """The numbers of all sources that the playbook cites, in order."""
        cited = {number for name in LISTS for item in getattr(self, name) for number in item.sources}
        return tuple(sorted(cited))


def playbook_names(folder: Path | None = None) -> list[str]:
    """The reasons that have a playbook, shipped or in a folder of one's own."""
    own = [p.stem for p in folder.glob("*.toml")] if folder else []
    shipped = [p.name.removesuffix(".toml") for p in files(__package__).iterdir() if p.name.endswith(".toml")]
    return sorted(name for name in {*own, *shipped} if not name.startswith("_"))


def load_playbook(reason: str, folder: Path | None = None) -> Playbook:
    """Load the playbook of a reason.

    Parameters
    ----------
    reason : str
    folder : Path, optional
        A folder of one's own playbooks; a file of that name there goes before the shipped one.

    Raises
    ------
    InputError
        If there is none, or it breaks the form; names file and key.
    """
    own = folder / f"{reason}.toml" if folder else None
    source = own if own and own.is_file() else files(__package__).joinpath(f"{reason}.toml")
    # A name such as "../x" must not leave the folder.
    if not reason.isidentifier() or reason.startswith("_") or not source.is_file():
        raise InputError(f"there is no playbook for {reason!r}; see: reinstate reasons")
    try:
        playbook = parse_playbook(tomllib.loads(source.read_text(encoding="utf-8")), str(source))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{source}: not a readable TOML file: {error}") from error
    if source is own:  # the shipped ones are held against their lists by the tests: start-up time
        _check_references(playbook, str(source))
    return playbook


def parse_playbook(data: Mapping[str, Any], name: str) -> Playbook:
    """Build a playbook from parsed TOML; ``name`` is the file named in errors."""
    unknown = set(data) - {f.name for f in fields(Playbook)}
    if unknown:
        raise InputError(f"{name}: unknown key {sorted(unknown)[0]!r}")
    texts: dict[str, Any] = {
        key: _text(data.get(key, "" if key == "specialist" else None), name, key) for key in _TEXTS
    }
    lists: dict[str, Any] = {key: _items(data.get(key), keys, name, key) for key, keys in LISTS.items()}
    outline = data.get("outline", {})
    if not isinstance(outline, dict) or set(outline) != set(_OUTLINE):
        raise InputError(f"{name}: 'outline' has to hold exactly {', '.join(_OUTLINE)}")
    for key in _OUTLINE:
        if not isinstance(outline[key], list) or not outline[key]:
            raise InputError(f"{name}: 'outline.{key}' has to be a list of texts")
    prompts = {key: tuple(_text(p, name, f"outline.{key}") for p in outline[key]) for key in _OUTLINE}
    tell_apart = data.get("tell_apart", {})
    if not isinstance(tell_apart, dict):
        raise InputError(f"{name}: 'tell_apart' has to be a table")
    apart = {key: _text(value, name, f"tell_apart.{key}") for key, value in tell_apart.items()}
    return Playbook(**texts, **lists, outline=prompts, tell_apart=apart)


@cache
def common() -> dict[str, Any]:
    """The matter that every playbook shares."""
    return tomllib.loads(files(__package__).joinpath("_common.toml").read_text(encoding="utf-8"))


@cache
def known_sources() -> dict[int, dict[str, str]]:
    """The numbered sources: kind, title, where, year."""
    text = files(__package__).joinpath("_sources.toml").read_text(encoding="utf-8")
    return {int(number): entry for number, entry in tomllib.loads(text)["sources"].items()}


def _check_references(playbook: Playbook, name: str) -> None:
    """Hold what a playbook only names against the lists that it names it from."""
    levels = common()["certainty"]
    for number, item in enumerate(playbook.deadlines, 1):
        if item["certainty"] not in levels:
            raise InputError(f"{name}: deadlines[{number}].certainty has to be one of {', '.join(levels)}")
    for key in LISTS:
        for number, item in enumerate(getattr(playbook, key), 1):
            if unknown := sorted(set(item.sources) - set(known_sources())):
                raise InputError(f"{name}: {key}[{number}].sources: there is no source {unknown[0]}")


def _items(value: Any, keys: tuple[str, ...], name: str, where: str) -> tuple[Item, ...]:
    if not isinstance(value, list) or not value:
        raise InputError(f"{name}: {where!r} is missing or empty")
    out = []
    for number, entry in enumerate(value, 1):
        place = f"{where}[{number}]"
        if not isinstance(entry, dict) or not set(keys) <= set(entry) <= {*keys, "sources"}:
            raise InputError(f"{name}: {place} has to hold {', '.join(keys)} and sources, nothing else")
        sources = entry.get("sources", [])
        if not isinstance(sources, list) or not all(type(s) is int for s in sources):
            raise InputError(f"{name}: {place}: sources has to be a list of numbers")
        out.append(Item({key: _text(entry[key], name, f"{place}.{key}") for key in keys}, tuple(sources)))
    return tuple(out)


def _text(value: Any, name: str, key: str) -> str:
    if not isinstance(value, str) or (not value.strip() and key != "specialist"):
        raise InputError(f"{name}: {key!r} is missing or not a text")
    return " ".join(value.split())
