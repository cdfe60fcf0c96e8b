"""reinstate: reads a notice that Amazon sent to a seller.

The public names are loaded when they are first used, so that ``import reinstate`` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOMES = {
    "Diagnosis": "reinstate.diagnosis",
    "Model": "reinstate.model",
    "ReinstateError": "reinstate.errors",
    "classify": "reinstate.diagnosis",
    "load_model": "reinstate.model",
    "load_playbook": "reinstate.playbooks",
}

if TYPE_CHECKING:
    from reinstate.diagnosis import Diagnosis, classify
    from reinstate.errors import ReinstateError
    from reinstate.model import Model, load_model
    from reinstate.playbooks import load_playbook

__all__ = ["Diagnosis", "Model", "ReinstateError", "__version__", "classify", "load_model", "load_playbook"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'reinstate' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
