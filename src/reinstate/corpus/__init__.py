"""Labelled notices: read, validate, merge, split so that no wording stands on both sides."""

from reinstate.corpus.near_duplicates import NearPair, near_duplicates
from reinstate.corpus.rows import LabelledNotice, digest, read_folder, read_rows, write_rows
from reinstate.corpus.splitting import folds

__all__ = [
    "LabelledNotice",
    "NearPair",
    "digest",
    "folds",
    "near_duplicates",
    "read_folder",
    "read_rows",
    "write_rows",
]
