"""The exceptions of the package: one root, few children.

Everything that a user can cause is a :class:`ReinstateError`; its message says what was wrong,
where, and what to do. The command line prints that message as one line and exits with
``exit_code``: 2 for misuse (the call has to change), 1 for a failure (something else has to).
"""

from __future__ import annotations


class ReinstateError(Exception):
    """Root of all errors raised on purpose by this package."""

    exit_code = 1


class InputError(ReinstateError):
    """What was handed in cannot be read as asked: no such file, empty text, binary, too large."""

    exit_code = 2


class LabelError(ReinstateError):
    """Labelled rows that break the rules of the corpus; the message lists file and row of each."""


class ModelError(ReinstateError):
    """A model directory that is damaged, incomplete, foreign, or of a newer format."""


class MissingExtraError(ReinstateError):
    """A command wants an optional dependency that is not installed."""

    def __init__(self, extra: str, missing: str) -> None:
        super().__init__(
            f"this needs the package {missing!r}, which is not installed; "
            f'install it with: pip install "reinstate[{extra}]"'
        )
        self.extra = extra


__all__ = ["InputError", "LabelError", "MissingExtraError", "ModelError", "ReinstateError"]
