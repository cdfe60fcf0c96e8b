"""A counter with a rate for long work, on a terminal only."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_EVERY = 0.2  # seconds between two redraws


@contextmanager
def counted(what: str, *, quiet: bool = False) -> Iterator[Callable[[], None]]:
    """Give a function to call once an item; shows count and rate on standard error if it is a terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda: None
        return
    begun = last = time.monotonic()
    count = 0

    def tick() -> None:
        nonlocal count, last
        count += 1
        now = time.monotonic()
        if now - last >= _EVERY:
            last = now
            sys.stderr.write(f"\r{count:,} {what}, {count / (now - begun):,.0f} a second ")
            sys.stderr.flush()

    try:
        yield tick
    finally:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
