"""The command line: a thin face over the package.

Commands import what they need when they run, so that a pasted notice does not wait for
scikit-learn or pandas.
"""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Entry point of ``reinstate``: run a command, turn known errors into one line and a code."""
    # A single notice gains nothing from a pool of threads, and starting one takes time.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from reinstate.cli.commands import app
    from reinstate.errors import ReinstateError

    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:  # a terminal with an old code page still shows something
            reconfigure(errors="replace")
    try:
        app(prog_name="reinstate")
    except ReinstateError as error:
        print(f"reinstate: error: {error}", file=sys.stderr)
        raise SystemExit(error.exit_code) from None
    except SystemExit as end:
        # Typer makes a failure of a closed pipe, whose reader (head, less) has merely seen enough.
        if isinstance(end.__context__, BrokenPipeError):
            raise SystemExit(0) from None
        raise
    except OSError as error:
        # A full disk, a folder that takes no file: the machine's trouble, in one line like all others.
        where = f"{error.filename}: " if error.filename else ""
        print(f"reinstate: error: {where}{error.strerror or error}", file=sys.stderr)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


__all__ = ["main"]
