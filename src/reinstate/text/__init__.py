"""From bytes to the clean text that training and inference both see.

``read_text`` turns the bytes of a file into text, ``clean`` turns text into the tokens that the
model knows, each with its place in the text given, and ``detect_language`` names the language.
"""

from reinstate.text.cleaning import Cleaned, clean
from reinstate.text.decoding import read_text
from reinstate.text.language import detect_language

__all__ = ["Cleaned", "clean", "detect_language", "read_text"]
