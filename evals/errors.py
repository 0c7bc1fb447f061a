"""The evals' errors, under the index's root.

FootnoteError                  index/errors.py: the root, its text is the sentence that the user sees
├── SetError                   a set of questions is missing or malformed
└── RunError                   a stored run is missing, damaged or does not fit what is asked of it
"""

from index.errors import FootnoteError


class SetError(FootnoteError):
    """A set of questions cannot be used."""


class RunError(FootnoteError):
    """A stored run cannot be used."""
