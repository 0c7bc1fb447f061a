"""The drafter that lets a language model write, and guards against what it may write.

It proposes; the engine checks every sentence. Guards here: a time limit, one retry when the rate is limited, an end to
endless or repeating output, no garbage, and every failure as an LLMError with a sentence for the user.
"""

from __future__ import annotations

import logging
import re
import time
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rag.conversation import standalone
from rag.drafting.drafter import Draft, History
from rag.drafting.markers import MarkedSentence, MarkerParser
from rag.drafting.prompts import NOT_FOUND, Prompt, answer_prompt, rewrite_prompt, says_not_found
from rag.errors import LLMError, LLMUnusable
from rag.evidence import Evidence
from rag.llms import open_backend, stream_text
from rag.question import stems
from rag.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

log = logging.getLogger(__name__)
MAX_CHARACTERS = 2400
MAX_SENTENCES = 8
MAX_SENTENCE_CHARACTERS = 600
MAX_REWRITE_CHARACTERS = 300
WORDS_KEPT = 0.85
_PREAMBLE = re.compile(r"^(?:the\s+)?(?:answer|source)s?(?:\s+(?:is|are))?\s*:\s*", re.IGNORECASE)
_ORIGIN = re.compile(r"^From [“\"][^”\"]{1,80}[”\"](?:, \d{4}-\d\d-\d\d)?\s*[:,]?\s*")


class NotInDocuments(Exception):
    """The model answered with the fixed phrase: its sources do not hold the answer.

    Raised by `draft` in place of a first sentence, never after one. It is a signal, no error: the engine decides
    whether to abstain or to let the extractive answer speak.
    """


class GenerativeDrafter:
    """Sentences by any LlamaIndex LLM. Thread-safe."""

    def __init__(self, llm: LLM, name: str | None = None, timeout: float = 60, server: object | None = None) -> None:
        """`name`: what users see; `timeout`: seconds for an answer; `server`: kept alive with the drafter."""
        self._llm = llm
        self._name = name or llm.metadata.model_name
        self._timeout = timeout
        self._server = server

    @classmethod
    def from_settings(cls, settings: Settings) -> GenerativeDrafter:
        """The drafter of the model that `settings.llm` names. Raises SettingsError when it cannot be used."""
        backend = open_backend(settings)
        return cls(backend.llm, backend.name, settings.llm_timeout, backend.server)

    @property
    def name(self) -> str:
        """The model's name, as in `Answer.drafter`."""
        return self._name

    def draft(self, question: str, evidence: Sequence[Evidence], history: History = ()) -> Iterator[Draft]:
        """Yield each sentence as soon as it is whole; drafts already yielded stand when an error follows.

        Raises NotInDocuments, LLMUnavailable or LLMUnusable.
        """
        yield from self._drafts(answer_prompt(question, evidence, history, window=self._window()), self._timeout)

    def repair(self, question: str, evidence: Sequence[Evidence], rejected: Sequence[str]) -> Iterator[Draft]:
        """A second attempt in half of the time, told which sentences were rejected. Raises like `draft`."""
        prompt = answer_prompt(question, evidence, (), rejected, self._window())
        yield from self._drafts(prompt, self._timeout / 2)

    def rewrite(self, question: str, history: History) -> str:
        """The follow-up as a question of its own, in a quarter of the time.

        By rules when the model fails, adds names or figures, loses words that the rules carry, or leaves something
        that the rules would still replace: small models repeat the follow-up or swap its parts.
        """
        if not history:
            return question
        by_rules = standalone(question, history)
        try:
            prompt = rewrite_prompt(question, history)
            said = "".join(self._pieces(prompt, MAX_REWRITE_CHARACTERS, self._timeout / 4)).strip()
        except LLMError as error:
            log.info("follow-up rewritten by rules", extra={"error": type(error).__name__})
            return by_rules
        rewritten = re.sub(r"^(?:rewritten |standalone )?question:\s*", "", said, flags=re.IGNORECASE).strip("\"'“” ")
        faithful = is_faithful_rewrite(rewritten, question, history) and keeps_words(rewritten, by_rules)
        return rewritten if faithful and standalone(rewritten, history) == rewritten else by_rules

    def _window(self) -> int:
        return max(512, self._llm.metadata.context_window)

    def _drafts(self, prompt: Prompt, seconds: float) -> Iterator[Draft]:
        sentences = _sentences(MarkerParser(len(prompt.evidence)), self._pieces(prompt, MAX_CHARACTERS, seconds))
        count = 0
        for sentence in guarded((bare(each) for each in sentences), self._name):
            if says_not_found(sentence.text):
                if not count:
                    raise NotInDocuments(NOT_FOUND)
                continue
            count += 1
            yield Draft(sentence.text, tuple(prompt.evidence[number - 1] for number in sentence.numbers))

    def _pieces(self, prompt: Prompt, limit: int, seconds: float) -> Iterator[str]:
        """The reply's pieces, at most `limit` characters of them and one more that says that there was no end."""
        from llama_index.core.base.llms.types import ChatMessage, MessageRole

        messages = [
            ChatMessage(role=MessageRole.SYSTEM, content=prompt.system),
            ChatMessage(role=MessageRole.USER, content=prompt.user),
        ]
        size, started = 0, time.perf_counter()
        for piece in stream_text(self._llm, messages, self._name, seconds):
            size += len(piece)
            yield piece
            if size > limit:
                break
        log.debug("language model done", extra={"characters": size, "seconds": time.perf_counter() - started})


def guarded(sentences: Iterator[MarkedSentence], name: str) -> Iterator[MarkedSentence]:
    """The sentences that are neither garbage nor questions nor said before, at most `MAX_SENTENCES`.

    Raises LLMUnusable when there is none: empty output, no language, or one sentence without an end.
    """
    seen: set[str] = set()
    repeats = 0
    for sentence in sentences:
        key = re.sub(r"\W+", " ", sentence.text.lower()).strip()
        if key in seen:
            repeats += 1
        elif is_language(sentence.text) and not sentence.text.endswith("?"):
            seen.add(key)
            yield sentence
        if repeats == 2 or len(seen) == MAX_SENTENCES:
            break
    if not seen:
        raise LLMUnusable(f"The language model {name} gave no usable answer; choose a model made for chat.")


def bare(sentence: MarkedSentence) -> MarkedSentence:
    """The sentence without what small models put before it: the name of the document, "The answer is:"."""
    return replace(sentence, text=_PREAMBLE.sub("", _ORIGIN.sub("", sentence.text)))


def is_language(text: str) -> bool:
    """False for garbage: hardly any letters, broken characters, one word over and over, or far too long."""
    visible = [character for character in text if not character.isspace()]
    if not visible or len(text) > MAX_SENTENCE_CHARACTERS or "�" in text:
        return False
    readable = sum(unicodedata.category(character)[0] in "LNM" for character in visible)
    words = text.lower().split()
    return readable >= 0.6 * len(visible) and (len(words) < 12 or len(set(words)) > len(words) / 4)


def is_faithful_rewrite(rewritten: str, question: str, history: History) -> bool:
    """True when it is one line of reasonable length whose names and figures all come from the conversation."""
    if not rewritten or "\n" in rewritten or len(rewritten) >= MAX_REWRITE_CHARACTERS:
        return False
    known = {word.lower() for text in (question, *(said for _, said in history)) for word in re.findall(r"\w+", text)}
    own = [word for word in re.findall(r"\w+", rewritten)[1:] if word[0].isupper() or word.isdigit()]
    return all(word.lower() in known for word in own)


def keeps_words(rewritten: str, by_rules: str) -> bool:
    """True when hardly a content word of the rules' rewriting is missing."""
    wanted = stems(by_rules)
    return len(wanted & stems(rewritten)) >= WORDS_KEPT * len(wanted)


def _sentences(parser: MarkerParser, pieces: Iterator[str]) -> Iterator[MarkedSentence]:
    """Whole sentences; when the output was cut off for its length, the unfinished last one is left out."""
    size = 0
    for piece in pieces:
        size += len(piece)
        yield from parser.feed(piece)
    if size <= MAX_CHARACTERS:
        yield from parser.close()
