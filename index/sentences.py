"""Text into sentences: spans of code points, never copies.

Lines are first joined into blocks (a blank line always cuts, a hard wrap does not), nltk's Punkt cuts each block, and
rules mend what Punkt gets wrong: titles ("Dr. Li"), closing quotes, full stops of other scripts, a missing space after
a full stop, sentences too long to quote. Punkt: Kiss and Strunk, Unsupervised Multilingual Sentence Boundary
Detection, Computational Linguistics 32(4), 2006; its English model comes with llama-index-core.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import ModelError

if TYPE_CHECKING:
    from nltk.tokenize.punkt import PunktSentenceTokenizer  # type: ignore[import-untyped,unused-ignore]

Span = tuple[int, int]

MAX_WORDS = 120
MAX_CHARACTERS = 1200
MAX_WIDE_CHARACTERS = 240  # of scripts written without spaces: about as many tokens as 120 English words

_LINE = re.compile(r"[^\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_NEWLINES = re.compile(r"\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
ITEM = r"(?:[-*+•‣▪◦·–—]|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)])\s"  # how the item of a list begins
_OWN_LINE = re.compile(
    rf"(?:{ITEM}|"
    r"#{1,6}\s|>|\||\*\*[^*\n]{1,60}\*\*"
    r"|[=~_*-]{3,}\s*$|`{3})"
)
_ENDS = re.compile(r"""[.!?:;…。！？؟۔।][\])}"'”’»*_]*$""")
_WRAP_MIN, _WRAP_MAX = 55, 125
_OPEN_END = re.compile(
    r"(?<=\s)(?:an?|the|of|to|in|on|at|by|for|from|with|and|or|as|that|which|than|through|between|into|is|are|was|were|has|have"
    r"|its|their|his|her)$"
)
"""Words that end no line but a wrapped one, however short."""
_FEW = 3  # "Dear Ms Olsen," is a line of its own
_CHUNK = 4000
_PROSE = 1000, 8  # a piece longer than this with a stop every so many characters is no prose, and slow for Punkt
_CONTEXT = 60  # characters on each side of a cut that decide about it

# Punkt knows ASCII quotes only; one for one, so that offsets hold.
_TO_ASCII = str.maketrans(
    {**dict.fromkeys("“”„‟«»＂", '"'), **dict.fromkeys("‘’‚‛", "'"), "\u00a0": " ", "\u202f": " "}
)

_WIDE_END = re.compile(r"""[。！？｡؟۔।॥]+[」』）】》\])"']*""")
_ELLIPSIS_END = re.compile(r"""(?:…|(?<!\.)\.{3,})["')\]]*(?=\s+["'(]?[A-Z])""")
_MARKED_END = re.compile(r"""[.!?]["')]?[*_]+(?=\s+["'(]?[A-Z])""")
_WIDE = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
    r"\U00020000-\U0003ffff]"
)

_STARTERS = (
    "(?:The|A|An|It|Its|He|She|His|Her|They|Their|We|Our|You|I|This|That|These|Those|There|Here|In|On|At|By|For|From|To"
    "|With|As|If|When|While|Where|After|Before|Since|But|And|Or|So|Yet|Then|However|Although|Though|Moreover|Meanwhile"
    "|What|Who|Why|How|Many|Most|Some|All|Both|No|Not|One|Two|According)"
)
_STARTER = re.compile(rf"[\"'(\[]*{_STARTERS}\b")
_GLUED_END = re.compile(rf"""(?<![\w./@-])(?:[A-Z]?[a-z]{{2,}}|\d{{4}}%?)[.!?]["')]?(?=["']?{_STARTERS}\s)""")
_ACRONYM_END = re.compile(
    r"""(?:\b(?:[A-Z]\.){2,8}|(?<=\w\ )[B-Z]\.)["')\]]*"""
    r"(?=\s+(?:The|It|He|She|They|This|These|Those|Then|But|However|In|We|Its|His|Her|Their)\s)"
)
_CLOSING = re.compile(r"""(?:[*_"')\]}”’»]|\[\d{1,3}\])+(?=\s|$)""")
_STOP = re.compile(r"""[.!?]["')\]]*\s*$""")
_STOP_AND_SPACE = re.compile(r"""[.!?]["')\]]*\s""")
_NO_WORDS = re.compile(r"[\W_]*")
_WORD = re.compile(r"\S+")
_LOWER = frozenset("abcdefghijklmnopqrstuvwxyz")

_TITLE = re.compile(
    r"""(?:^|[\s(\["'])(?:Dr|Mr|Mrs|Ms|Mx|Prof|Rev|Fr|Hon|Gen|Sen|Rep|Gov|Lt|Col|Capt|Cmdr|Maj|Sgt|Pres|Amb|Messrs|St|Mt|Ft"""
    r"|vs|cf|viz|al|[Ee]\.g|[Ii]\.e)\.$"
)
_BEFORE_LOWER = re.compile(
    r"""(?:^|[\s(\["'])(?:[Aa]pprox|[Cc]a|[Ee]st|[Ii]ncl|[Mm]ax|[Mm]in|etc|Inc|Corp|Ltd|Co|Jr|Sr)\.$"""
)
_BEFORE_NUMBER = re.compile(
    r"(?:^|[\s(\[])(?:[Nn]os?|pp?|[Vv]ols?|[Aa]rts?|[Ss]ecs?|[Ff]igs?|[Cc]h|[Cc]a?|[Aa]pprox|[Ee]st|[Ee]xt|[Tt]el"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.$"
)
_INITIALS = re.compile(r"""(?:^|[\s(\["'])(?:[A-Z]\.){2,}$""")
_INITIAL = re.compile(r"""(?:^|[\s(\["'])[A-Z]\.$""")
_MARKER = re.compile(r"[\"'(\[*]*(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)]$")
_QUOTED_END = re.compile(r"""(?:[.!?]["')\]]+|[!?])$""")


def sentence_spans(text: str) -> list[Span]:
    """The sentences of `text` as (start, end), in order, without overlap and without the white space round them.

    Every character that is not white space lies in exactly one span. Raises ModelError when Punkt's data is missing.
    """
    return [span for block in block_spans(text) for span in sentences_of_block(text, block)]


def block_spans(text: str) -> list[Span]:
    """The blocks of `text`, trimmed: paragraphs, headings, list items, lines of a dialogue."""
    blocks: list[Span] = []
    for lines in _groups(text):
        width = sorted(end - start for start, end in lines)[-1 - len(lines) // 20]
        blocks.append(lines[0])
        for before, line in pairwise(lines):
            if _continues(text[slice(*before)], text[slice(*line)], width):
                blocks[-1] = (blocks[-1][0], line[1])
            else:
                blocks.append(line)
    return blocks


def sentences_of_block(text: str, block: Span) -> list[Span]:
    """The sentences of one block of `text`, as `sentence_spans` gives them."""
    start, end = block
    # The rules below look at quotes, stops and spaces: Punkt's view of the block, with the same offsets.
    view = text[start:end].translate(_TO_ASCII)
    cuts = _merged(view, _cuts(view))
    spans = [part for span in pairwise([0, *cuts, len(view)]) for part in _short(view, *_trim(view, *span))]
    return [(start + a, start + b) for a, b in spans]


def _groups(text: str) -> Iterator[list[Span]]:
    """Runs of lines without a blank line between them; lines are trimmed."""
    group: list[Span] = []
    for match in _LINE.finditer(text):
        line = _trim(text, *match.span())
        blank_before = bool(group) and len(_NEWLINES.findall(text, group[-1][1], line[0])) > 1
        if line[0] == line[1] or blank_before:
            if group:
                yield group
            group = []
        if line[0] < line[1]:
            group.append(line)
    if group:
        yield group


def _continues(before: str, line: str, width: int) -> bool:
    """True when the newline between two lines is a hard wrap, not the end of a paragraph."""
    if _OWN_LINE.match(line) or before.startswith(("#", "|")):
        return False
    spaces = before.count(" ")
    if (_OPEN_END.search(before) and spaces > 1) or (line[0].islower() and before[-1] in ",，" and spaces > _FEW):
        return True
    if len(before) < _WRAP_MIN - 15:
        return False
    first_word = line.split(None, 1)[0]
    wrapped = _WRAP_MIN <= width <= _WRAP_MAX and len(before) + 1 + len(first_word) > 0.85 * width
    if wrapped:
        return True
    unfinished = before.rstrip("\"'”’»)").endswith((",", "，", "-", "–"))
    return unfinished or (line[0].islower() and not _ENDS.search(before))


def _cuts(view: str) -> list[int]:
    """Where a sentence may end in `view`: Punkt's cuts, the closing marks after them taken in, and our own."""
    cuts = {_after_marks(view, end) for end in _punkt_cuts(view)}
    for pattern in (_WIDE_END, _ELLIPSIS_END, _MARKED_END, _GLUED_END, _ACRONYM_END):
        cuts.update(match.end() for match in pattern.finditer(view))
    return sorted(cut for cut in cuts if 0 < cut < len(view))


def _punkt_cuts(view: str) -> Iterator[int]:
    """Where Punkt ends sentences. It gets a few thousand characters at a time: it gives up on more than 5 s of work."""
    start = 0
    while start < len(view):
        stop = _chunk_end(view, start)
        for _, end in _spans(view[start:stop]):
            if start + end < stop or stop == len(view) or _STOP.search(view, start + end - 4, start + end):
                yield start + end
        start = stop


def _chunk_end(view: str, start: int) -> int:
    """The end of a piece of `view` for Punkt: after a sentence where there is one, else at a space."""
    stop = start + _CHUNK
    if stop >= len(view):
        return len(view)
    half = start + _CHUNK // 2
    sentence = max((match.end() for match in _STOP_AND_SPACE.finditer(view, half, stop)), default=-1)
    return sentence if sentence > 0 else max(view.rfind(" ", half, stop) + 1, 0) or stop


def _spans(piece: str) -> list[Span]:
    longer, every = _PROSE
    for _ in range(3 if len(piece) <= longer or len(piece) > every * len(_STOP_AND_SPACE.findall(piece)) else 0):
        try:
            return list(_punkt().span_tokenize(piece))
        except TimeoutError:  # the machine slept or is overloaded: a piece takes milliseconds
            continue
    return [(match.start(), match.end()) for match in _STOP_AND_SPACE.finditer(piece)]


def _after_marks(view: str, cut: int) -> int:
    match = _CLOSING.match(view, cut)
    return match.end() if match else cut


def _merged(view: str, cuts: list[int]) -> list[int]:
    """`cuts` without those that part what belongs together."""
    kept: list[int] = []
    for cut, end in pairwise([*cuts, len(view)]) if cuts else ():
        start = kept[-1] if kept else 0
        before = view[start : start + 1] + view[max(start + 1, cut - _CONTEXT) : cut]
        if not _belong_together(before.strip(), view[cut : min(end, cut + _CONTEXT)].strip()):
            kept.append(cut)
    return kept


def _belong_together(before: str, after: str) -> bool:
    """True when a cut between `before` and `after` is not the end of a sentence."""
    if _NO_WORDS.fullmatch(before) or _NO_WORDS.fullmatch(after) or _MARKER.fullmatch(before):
        return True
    if _TITLE.search(before) or (after[0].isdigit() and _BEFORE_NUMBER.search(before)):
        return True
    if _INITIALS.search(before) or _INITIAL.search(before):
        return not _STARTER.match(after) and bool(_INITIALS.search(before) or after[0].isupper())
    if after[0].islower() and _BEFORE_LOWER.search(before):
        return True
    return after[0].islower() and before[0] not in _LOWER and bool(_QUOTED_END.search(before))


def _short(view: str, start: int, end: int) -> Iterator[Span]:
    """The span cut into pieces short enough to quote: at a newline or ";", else ":" or ",", else a space."""
    while start < end and (limit := _limit(view, start, end)) < end:
        candidates = (_last(view, marks, start, limit) for marks in ("\n;；", ":：,，、", " \t"))
        cut = next((at for at in candidates if at > start), limit)
        yield _trim(view, start, cut)
        start = _trim(view, cut, end)[0]
    if start < end:
        yield start, end


def _limit(view: str, start: int, end: int) -> int:
    """Where a sentence that starts at `start` must end at the latest."""
    stop = min(end, start + MAX_CHARACTERS)
    words = [match.end() for match in islice(_WORD.finditer(view, start, stop), MAX_WORDS + 1)]
    stop = words[MAX_WORDS - 1] if len(words) > MAX_WORDS else stop
    wide = [match.end() for match in islice(_WIDE.finditer(view, start, stop), MAX_WIDE_CHARACTERS + 1)]
    return wide[MAX_WIDE_CHARACTERS - 1] if len(wide) > MAX_WIDE_CHARACTERS else stop


def _last(view: str, marks: str, start: int, limit: int) -> int:
    """The offset after the last of `marks` in the second half of [start, limit); -1 when there is none."""
    return max(view.rfind(mark, (start + limit) // 2, limit) for mark in marks) + 1 or -1


def _trim(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


@cache
def _punkt() -> PunktSentenceTokenizer:
    """Punkt with the English model bundled by llama-index-core, found without the seconds that its import takes."""
    import nltk.data  # type: ignore[import-untyped,unused-ignore]
    from nltk.tokenize.punkt import PunktTokenizer

    spec = find_spec("llama_index")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        folder = str(Path(place) / "core/_static/nltk_cache")
        if folder not in nltk.data.path:
            nltk.data.path.append(folder)
    try:
        return PunktTokenizer("english")
    except (LookupError, OSError, ValueError) as error:
        raise ModelError(
            "The sentence model of nltk is missing; reinstall llama-index-core, which carries it: "
            "pip install --force-reinstall llama-index-core."
        ) from error
