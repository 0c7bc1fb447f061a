"""What answers by its form: "X is a ..." the question what X is, numbered steps the question how to do it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from index.markup import plain
from rag.answer import ScoredPassage

DEFINED = 0.9
"""How likely a sentence answers that has the form of the answer, if nothing else speaks for it."""
EXPLAINED = 0.6
"""The same when it says so beside: "..., Ada Berg, a judge, ...", "..., the Spirit, which means ..."."""
TOPIC_SHARE = 0.5
"""Steps are those that are asked for when they, their heading or title have this share of the question's words."""

_ASKED = re.compile(
    r"\W*(?:(?:what|who)(?:['’]s|\s+(?:is|are|was|were))(?:\s+meant\s+by)?\s+(?P<is>[^?]+?)(?:\s+(?:anyway|exactly))?"
    r"|(?:what\s+(?:does|do)\s+(?P<means>[^?]+?)\s+(?:mean|stand\s+for))|define\s+(?P<define>[^?]+?))\W*",
    re.IGNORECASE,
)
_STEP = re.compile(r"^\s*\d{1,2}[.)]\s", re.MULTILINE)
_ARTICLE = re.compile(r"(?:an?|the)\s+", re.IGNORECASE)
_NO_TERM = re.compile(
    r"(?:\S+\s+){4}|.*['’]s\b|.*\b(?:of|for|in|on|at|by|to|from|with|about|this|that|it|he|she|they|you)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=256)
def term(question: str) -> str:
    """What the question wants explained, "" when it asks for anything else."""
    match = _ASKED.fullmatch(question)
    found = next(filter(None, match.groups()), "") if match else ""
    found = _ARTICLE.sub("", found, count=1) if _ARTICLE.match(found) else found
    return "" if _NO_TERM.match(found) else found


def defines(text: str, wanted: str) -> bool:
    """Whether a sentence begins with what `wanted` is: "X is a ...", "X (ecks) are those ...", "X - the ..."; "x: ..."
    when it is no name, which may be a speaker's; or spells an acronym out: "Ecks y zed (XYZ)".
    """
    if not wanted:
        return False
    heading, _, rest = text.partition("\n")
    if rest and stands_over(heading, wanted):
        return True
    return _spells_out(text, wanted) or bool(_definition(wanted).match(plain(text)))


def _spells_out(text: str, acronym: str) -> bool:
    """Whether the words before "(ACRONYM)" begin with its letters, in order."""
    before, found, _ = text.partition(f"({acronym})")
    if not found or not acronym.isupper() or not acronym.isalpha():
        return False
    initials = iter(word[0].upper() for word in re.findall(r"[^\W_]+", before)[-len(acronym) - 3 :])
    return all(letter in initials for letter in acronym)


def explains(text: str, wanted: str) -> bool:
    """Whether a sentence says beside `wanted` what that is: "X, a ...", "X, which is ..."."""
    return bool(wanted) and bool(_explanation(wanted).search(plain(text)))


def stands_over(heading: str, wanted: str) -> bool:
    """Whether `heading` is `wanted`, so that what is under it says what that is."""
    return bool(wanted) and " ".join(plain(heading).split()).strip(" :").casefold() == wanted.casefold()


@lru_cache(maxsize=256)
def _definition(wanted: str) -> re.Pattern[str]:
    name = r"\s+".join(re.escape(word) for word in wanted.split())
    label = r"|:\s*\S" if wanted.islower() else ""
    return re.compile(
        rf"\W*(?:(?:an?|the)\s+)?{name}s?(?![\w'’])(?:\s*\([^()]*\))?(?:,[^,.]{{1,60}},)?\s*"
        r"(?:(?:is|are|was|were)\s+(?:an?|the|one|any|those|what)\b|means\b|refers\s+to\b|stands\s+for\b"
        rf"|[-–—:]\s*(?:an?|the)\b{label})",
        re.IGNORECASE,
    )


@lru_cache(maxsize=256)
def _explanation(wanted: str) -> re.Pattern[str]:
    name = r"\s+".join(re.escape(word) for word in wanted.split())
    verbs = "is|are|was|were|means|embodies|refers|stands|consists|provides|allows|lets"
    return re.compile(rf"(?<![\w'’]){name}[\"”’]?,\s+(?:an?\s+[a-z]|(?:which|who|that)\s+(?:{verbs})\b)", re.IGNORECASE)


def instructs(text: str) -> bool:
    """Whether it has numbered steps."""
    return len(_STEP.findall(text)) > 1


def first(found: Sequence[ScoredPassage], wanted: str) -> list[ScoredPassage]:
    """`found` with the passages that define `wanted` first, then those that explain it beside, then the others."""

    def order(each: ScoredPassage) -> tuple[bool, bool]:
        said = [sentence.text for sentence in each.passage.sentences]
        return not any(defines(text, wanted) for text in said), not any(explains(text, wanted) for text in said)

    return sorted(found, key=order) if wanted else list(found)
