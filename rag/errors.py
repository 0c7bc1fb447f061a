"""The answer side's errors, on top of the index's.

FootnoteError                  index/errors.py: the root, its text is the sentence that the user sees
├── SourceError, FileError, IndexError_ (IndexDamaged, IndexLocked, IndexUnavailable, IndexOutdated), ModelError
├── QuestionError              the question, or what was given with it, cannot be used
├── TooManyQuestions           a user asked more in a minute than is allowed
├── SettingsError              a setting or an environment variable has no usable value
├── AnswerFileError            a saved answer cannot be read
└── LLMError                   the language model failed; the extractive answer takes over
    ├── LLMUnavailable         refused, timed out, 5xx or rate-limited
    └── LLMUnusable            it answered with nothing usable
"""

from index.errors import FootnoteError


class QuestionError(FootnoteError):
    """The question is empty, too long or no text, or what was given with it is of another kind than expected."""


class TooManyQuestions(FootnoteError):
    """A user asked more in a minute than is allowed; `wait` says how many seconds to wait."""

    def __init__(self, most: int, wait: int) -> None:
        super().__init__(f"You may ask {most} questions a minute: wait {wait} seconds, then ask again.")
        self.wait = wait


class SettingsError(FootnoteError):
    """A setting has no usable value."""


class AnswerFileError(FootnoteError):
    """A saved answer cannot be read."""


class LLMError(FootnoteError):
    """The language model failed."""


class LLMUnavailable(LLMError):
    """The language model refused, timed out or limited us."""


class LLMUnusable(LLMError):
    """The language model answered with nothing usable."""
