"""What a notice states besides its reason: documents, deadlines, ids, policies, demands."""

from reinstate.facts.reading import read_facts
from reinstate.facts.types import Deadline, Document, Facts, Metric, Policy, Span

__all__ = ["Deadline", "Document", "Facts", "Metric", "Policy", "Span", "read_facts"]
