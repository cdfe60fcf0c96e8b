"""Data files that people may want to change: the taxonomy, rules for facts, languages."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def read_toml(name: str) -> dict[str, Any]:
    """Read one of the package's data files, once.

    Raises
    ------
    FileNotFoundError
        If the package has no such file.
    """
    return tomllib.loads(files(__name__).joinpath(name).read_text(encoding="utf-8"))
