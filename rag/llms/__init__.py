"""Language models: which one is set, how its text is streamed within a time limit, what its failures mean."""

from rag.llms.backends import Backend, open_backend
from rag.llms.failures import failure
from rag.llms.stream import stream_text

__all__ = ["Backend", "failure", "open_backend", "stream_text"]
