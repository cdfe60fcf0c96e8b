"""What to do for each reason: one TOML file a reason, and the loader.

A folder of a user's own playbooks goes before the shipped ones, file by file.
"""

from reinstate.playbooks.loading import Playbook, load_playbook, playbook_names
from reinstate.playbooks.rendering import to_markdown

__all__ = ["Playbook", "load_playbook", "playbook_names", "to_markdown"]
