"""Categories, reasons and stages, read from one data file.

A user's own taxonomy file may add reasons or give shipped ones another title; the slugs of
the shipped file stay.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from reinstate.errors import InputError
from reinstate.resources import read_toml


@dataclass(frozen=True, slots=True)
class Reason:
    """A fine label: its slug, the slug of its category, and the words people read."""

    slug: str
    category: str
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a case stands."""

    slug: str
    title: str
    description: str


@dataclass(frozen=True)
class Taxonomy:
    """All labels.

    Attributes
    ----------
    reasons : dict of str to Reason
        In the order of the file; holds ``not_a_notice`` too.
    categories : dict of str to str
        Slug to title.
    stages : dict of str to Stage
    not_a_notice : str
        The slug for mail that is no notice.
    unnamed : str
        The model's inner label for a notice that names no reason; never an answer.
    """

    reasons: Mapping[str, Reason]
    categories: Mapping[str, str]
    stages: Mapping[str, Stage]
    not_a_notice: str
    unnamed: str

    def category_of(self, reason: str) -> str:
        """The category of a reason; an unknown reason is its own category."""
        known = self.reasons.get(reason)
        return known.category if known else reason

    def title_of(self, reason: str) -> str:
        """The title of a reason for people; an unknown reason is its slug."""
        known = self.reasons.get(reason)
        return known.title if known else reason

    def block_reasons(self) -> tuple[str, ...]:
        """The reasons that block something: all but ``not_a_notice``."""
        return tuple(slug for slug in self.reasons if slug != self.not_a_notice)

    def require_reason(self, slug: str) -> Reason:
        """The reason of that slug.

        Raises
        ------
        InputError
            If there is none; the message suggests the nearest.
        """
        if slug in self.reasons:
            return self.reasons[slug]
        raise InputError(
            f"there is no reason {slug!r}{_suggest(slug, self.reasons)}; list them with: reinstate reasons"
        )


@cache
def default_taxonomy() -> Taxonomy:
    """The taxonomy that ships with the package."""
    return _build(read_toml("taxonomy.toml"), "taxonomy.toml")


def load_taxonomy(path: Path) -> Taxonomy:
    """The shipped taxonomy with the additions of a user's file.

    Parameters
    ----------
    path : Path
        A TOML file with tables ``categories``, ``reasons`` and ``stages`` as in the shipped one,
        of which it need only hold what is new or renamed.

    Raises
    ------
    InputError
        If the file cannot be read or a reason lacks a key; names file and key.
    """
    try:
        own = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: no such taxonomy file") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path}: not a readable TOML file: {error}") from error
    shipped = read_toml("taxonomy.toml")
    merged = dict(shipped)
    for table in ("categories", "reasons", "stages"):
        if not isinstance(own.get(table, {}), dict):
            raise InputError(f"{path}: {table} has to be a table")
        merged[table] = dict(shipped[table])
        for slug, entry in own.get(table, {}).items():
            # What an entry does not say stays as shipped.
            merged[table][slug] = {**shipped[table].get(slug, {}), **entry} if isinstance(entry, dict) else entry
    return _build(merged, str(path))


def _build(data: Mapping[str, Any], name: str) -> Taxonomy:
    categories = {slug: _text(name, f"categories.{slug}", entry, "title") for slug, entry in data["categories"].items()}
    reasons = {}
    for slug, entry in data["reasons"].items():
        where = f"reasons.{slug}"
        category = _text(name, where, entry, "category")
        if category not in categories:
            raise InputError(f"{name}: {where}: unknown category {category!r}{_suggest(category, categories)}")
        reasons[slug] = Reason(
            slug, category, _text(name, where, entry, "title"), _text(name, where, entry, "description")
        )
    if data["unnamed"] in reasons:
        raise InputError(f"{name}: reasons.{data['unnamed']}: this name is kept for notices that name no reason")
    stages = {
        slug: Stage(
            slug, _text(name, f"stages.{slug}", entry, "title"), _text(name, f"stages.{slug}", entry, "description")
        )
        for slug, entry in data["stages"].items()
    }
    return Taxonomy(reasons, categories, stages, data["not_a_notice"], data["unnamed"])


def _text(name: str, where: str, entry: Any, key: str) -> str:
    value = entry.get(key) if isinstance(entry, dict) else None
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"{name}: {where}: {key!r} is missing or not a text")
    return value


def _suggest(word: str, known: Mapping[str, Any]) -> str:
    from difflib import get_close_matches  # only on the way to an error: start-up time

    near = get_close_matches(word, known, n=1, cutoff=0.6)
    return f" (did you mean {near[0]!r}?)" if near else ""
