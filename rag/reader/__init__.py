"""Reads a question and a context together: which sentence answers it, with which words, or none."""

from rag.reader.reader import Context, Reader, Reading, SentenceReading

__all__ = ["Context", "Reader", "Reading", "SentenceReading"]
