"""Every error that reaches a user of the index.

FootnoteError                  the root: its text is the sentence that the user sees
├── SourceError                the folder of documents is missing, empty or not readable
├── FileError                  one file cannot be read; the others go on
├── IndexError_                see IndexDamaged and its sisters
│   ├── IndexDamaged           the index is not whole; `python -m index doctor --repair` mends it
│   ├── IndexLocked            another process owns the index
│   ├── IndexUnavailable       the Chroma server does not answer, or the disk is full or read-only
│   └── IndexOutdated          written by another version, embedder or passage setting
└── ModelError                 a model file is missing, damaged or not the one expected
"""


class FootnoteError(Exception):
    """Something the user can act on; `str(error)` is a whole sentence that says what to do."""


class SourceError(FootnoteError):
    """The source folder cannot be used."""


class FileError(FootnoteError):
    """One file cannot be read."""


class IndexError_(FootnoteError):
    """The index cannot be used."""


class IndexDamaged(IndexError_):
    """The index is not whole."""


class IndexLocked(IndexError_):
    """Another process owns the index."""


class IndexUnavailable(IndexError_):
    """The store of the index does not answer."""


class IndexOutdated(IndexError_):
    """The index was written with other settings or by another version."""


class ModelError(FootnoteError):
    """A model file is missing, damaged or not the one expected."""
