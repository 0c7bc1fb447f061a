"""What a question asks for: the kind of answer, and the names, years and words that the evidence must meet."""

from __future__ import annotations

import re
import threading
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import Stemmer

from rag.figures import MONTHS, Figure, figures, years

_NEGATED = """isn't aren't wasn't weren't don't doesn't didn't haven't hasn't hadn't can't couldn't won't wouldn't
    shouldn't mustn't needn't"""
_CONTRACTED = f"""{_NEGATED} i'm i've i'd i'll you're you've you'd you'll he'd he'll she'd she'll it'd it'll we're
    we've we'd we'll they're they've they'd they'll that'd that'll there'd there'll who'd who'll what're what'd"""
STOPWORDS = frozenset(
    f"""{_CONTRACTED} {_CONTRACTED.replace("'", "’")} {_NEGATED.replace("'", "")}
    a about above after again all also am an and any are as at be because been before being between both but by can
    could did do does doing down during each few for from further get give given had has have having he her here
    hers him his how i if in into is it its itself just know let many may me might more most much must my no nor
    not now of off on once only or other our out over own please same say says she should so some such tell than
    that the their them then there these they this those through to too under until up upon us very was we were
    what when where whether which while who whom whose why will with would you your""".split()
)

ASKING = frozenset(
    """according agree agreed amount annually approximately average call called compare compared describe date day
    example exactly explain feel figure find found happen happened kind list long made make mean means month name
    named number often often part people percent percentage person piece place roughly supposed take thing things
    think time today together took total type value want way word year""".split()
)
"""Words that say what kind of answer is asked for; that a text lacks them says nothing."""

ANAPHOR = re.compile(
    r"^[“\"']?(?:it|he|she|they|this|these|that|those|such|its|his|her|their|both|the (?:two|same|latter|former))\b",
    re.I,
)
"""How a sentence begins that leans on the one before it."""

FEW_WORDS = 4
"""Fewer words explain neither why nor how."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_NAME = re.compile(
    r"\b[A-Z][\w’'.&-]*(?:\s+(?:(?:of|the|and|de|la|al|bin|von|van|for)\s+){0,2}[A-Z0-9](?:[\w’'&-]|\.(?=\d))*)*"
)
_NO_NAME = STOPWORDS | {*MONTHS, *(month[:3] for month in MONTHS), "sept"}
_CAPITALISED = re.compile(r"\b[A-Z][\w’'-]*(?:\s+[A-Z][\w’'-]*)*")
_PLACES = re.compile(
    r"\b(?:which|what)(?: \w+){0,2} (?:countries|states|cities|nations|towns|republics|provinces|regions)\b", re.I
)
POSSESSIVE = re.compile(r"['’]s?$")
_stemmer = Stemmer.Stemmer("english")
_stemming = threading.Lock()  # PyStemmer's stemmers are not safe to share


class Kind(StrEnum):
    """The kind of answer asked for."""

    PERSON = "person"
    TIME = "time"
    DURATION = "duration"
    QUANTITY = "quantity"
    PLACE = "place"
    REASON = "reason"
    MANNER = "manner"
    YES_NO = "yes_no"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Question:
    """A question as read: its kind, names, years, the stems of its content words, whether it asks for a list, what it
    counts ("scholarships" in "how many scholarships", else ""), what it measures ("wide" in "how wide", else ""), and
    its figures but for the years.
    """

    text: str
    kind: Kind
    names: tuple[str, ...]
    years: tuple[int, ...]
    stems: frozenset[str]
    wants_list: bool
    counted: str
    measured: str
    figures: tuple[Figure, ...]


_ORDERS = r"(?:find|give|state|tell me|show me)"
_KINDS: tuple[tuple[Kind, str], ...] = (
    (Kind.DURATION, r"how long|for how (?:many|much) (?:years|months|days|time)"),
    (
        Kind.QUANTITY,
        r"how (?:many|much|large|big|high|tall|wide|deep|far|old|often|heavy|fast)|what (?:\w+ )?(?:percentage|percent|proportion|share|number|amount|fraction)"
        rf"|(?:what (?:is|was|were|are)|{_ORDERS}) the (?:\w+ |[$€£¥] )?(?:total|value|amount|volume|cost|price|size|population|number|percentage|length|width|height|size|gauge|rate|area)",
    ),
    (
        Kind.TIME,
        r"when|(?:in |on |at |by |since |during )?(?:what|which) (?:year|date|day|month|century|decade|time)|how (?:recently|soon)"
        rf"|{_ORDERS} the (?:\w+ )?(?:year|date|day|month|century|decade)",
    ),
    (Kind.PLACE, r"where|(?:in |at |to |from )?(?:what|which) (?:country|city|place|town|state|region|continent|province|location|county|village)"),
    (Kind.PERSON, r"who|whom|whose|what person|which person|what is the name of the (?:person|man|woman)"),
    (Kind.REASON, r"why|what (?:caused|is the reason|was the reason|were the reasons|led to)|how come"),
    (Kind.MANNER, r"how (?:do|does|did|can|could|should|would|must|to)"),
)  # fmt: skip
_YES_NO = re.compile(
    r"(?:is|am|are|was|were|do|does|did|has|have|had|can|could|may(?! \d)|might|must|will|would|should)\b(?! you\b)",
    re.I,
)
_ASKS = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b", re.I)
_WHENEVER = re.compile(
    r"when\b(?!\s+(?:exactly|in|did|does|do|is|are|was|were|will|would|can|could|should|has|have|had)\b)", re.I
)
_KIND_PATTERNS = tuple((kind, re.compile(rf"\b(?:{pattern})\b", re.I)) for kind, pattern in _KINDS)
_LIST = re.compile(
    r"\b(?:which|what)\s+(?:\w+\s+){0,2}\w+s\s+(?:are|were|did|do|have|had|will|can|would|make|made|took|take|signed|joined)\b"
    r"|\b(?:what|which) (?:are|were) (?:the|some|two|three|four|five|six)\b|\b(?:which|what|who) of\b|\blist\b|\b(?:which|what) \w+ and (?:which|what)\b|\bname (?:the|all|some|two|three|four|five|six)\b",
    re.I,
)
_COUNTED = re.compile(
    r"\bhow many(?: of the)?((?: [\w’'-]+){1,3}?)(?= (?:are|is|was|were|do|does|did|has|have|had|will|would|can|could|may|must|should|of|in|on|at|from|to|per|for)\b|\s*\?|$)",
    re.I,
)
_PEOPLE = re.compile(
    r"\b[a-z]+(?:ers|ors|ists|ians|ents|people|men|women)\b"
    r"|\b(?i:the|an?|your|our|my|his|her|their|its|each|every|any|some|by)\s+(?:[a-z-]+\s+)?"
    r"(?:[a-z]+(?:er|or|ist|ian|ant|ee|ent|man|woman)|city|state|company|union|bank|council|board|ministry|party|team"
    r"|army|court|church|school|university|club|firm|agency|public)\b"
)
_MEASURED = re.compile(
    r"\bhow (wide|tall|high|deep|far(?! (?:behind|ahead|along|back|off))|thick|heavy|old|fast|hot|cold|big|large)\b",
    re.I,
)
_LENGTH = (
    r"(?:kilo|centi|milli)?met(?:re|er)s?|k?m|[cm]m|miles?|yards?|feet|foot|ft|inch(?:es)?|stor(?:e?ys?|ies)|floors?"
)
_MEASURES = {
    **dict.fromkeys(("wide", "tall", "high", "deep", "far", "thick"), re.compile(rf"\b(?:{_LENGTH})\b|\d['′\"″]", re.I)),
    "heavy": re.compile(r"\b(?:tonn?es?|tons?|(?:kilo|milli)?gram(?:me)?s?|k?g|mg|pounds?|lbs?|ounces?|oz)\b", re.I),
    "old": re.compile(r"\b(?:years?|months?|weeks?|days?|centur(?:y|ies)|aged?|turn(?:s|ed)|born|since|founded|built)\b", re.I),
    "fast": re.compile(r"\b(?:(?:km|miles?|metres?|meters?|feet)(?:/h| per | an )|km/h|k?mph|kph|m/s|knots?|mach|per (?:hour|second)|times|faster)\b", re.I),
    **dict.fromkeys(("hot", "cold"), re.compile(r"°|\b(?:degrees?|celsius|fahrenheit|kelvin)\b", re.I)),
}  # fmt: skip
"""What must stand near the figure that answers "how wide", "how heavy"; "how big" asks for any."""
_TIME_WORDS = re.compile(
    rf"\b(?:{'|'.join(MONTHS)}|monday|tuesday|wednesday|thursday|friday|saturday|sunday|today|yesterday|tomorrow|century|centuries"
    r"|decades?|ago|last (?:year|month|week|may|june)|next (?:year|month|week)|(?:19|20)\d0s|bc|ad|bce|ce|spring|summer|autumn|winter|dynast(?:y|ies)|eras?"
    r"|nights?|mornings?|evenings?|midnight|noon|(?:mon|tues|wednes|thurs|fri|satur|sun)days|weekdays?|weekends?|(?:at|until|till|before|after) \d{1,2}[.:]\d\d(?!\d|\s?(?:%|per|[mb]illion))|within (?:[\w-]+ ){1,3}(?:minutes?|hours?|days?|weeks?|months?|years?)|\d{1,2}(?::\d\d)? ?[ap]m|(?:in|by|since|until|from|around) \d{3})\b",
    re.I,
)
_YEAR_ASKED = re.compile(r"\b(?:what|which) year\b", re.I)
_YEAR_WORDS = re.compile(
    r"\b(?:(?:this|last|next|same|following|previous) year|years? (?:later|earlier|after|before)|centur(?:y|ies)|decades?|\d0s|(?:in|by|since|until|from|around|about) \d{1,3})\b|\b(?:bc|ad|bce|ce)\b",
    re.I,
)
_DURATION_WORDS = re.compile(
    r"\b(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|centur(?:y|ies)|permanent\w*|forever|until)\b",
    re.I,
)
_AMOUNT_WORDS = re.compile(
    r"\b(?:an?|no|none|one|both|single|only|half|majority|most|all|every|several|dozens?|hundreds|thousands|millions)\b",
    re.I,
)
_PLACE_WORDS = re.compile(
    r"\b(?:in|at|from|near|to|of|across|outside|inside|throughout|northern|southern|eastern|western|on|between)\b(?=\s+(?:the\s+)?(?:\w+\s+)?[A-Z])"
    r"|\b(?:in|at|near|on|inside|outside|across|throughout|under|behind)\s+(?:an?|the|this|that|your|our|my|his|her|its|their)\s+[a-z]+"
)
_LEAD = re.compile(
    r"^(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|in|on|at|by|for|from|to|the|according|tell|name|list|and|please|give|if|after|before|during|since|under|or|but|so|compare|describe|explain|define|show|find|i"
    r"|\w+(?:n['’]t|['’](?:m|ve|re|ll|d))|(?:who|what|when|where|how|why|that|it|there|here|let)['’]s)$",
    re.I,
)


def read(text: str) -> Question:
    """Read a question; pure. One that is all in capitals names nothing."""
    return Question(
        text,
        kind_of(text),
        () if text.isupper() else tuple(names(text)),
        tuple(years(text)),
        stems(text),
        bool(_LIST.search(text)),
        counted(text),
        measured(text),
        tuple(figure for figure in figures(text) if figure.kind != "year"),
    )


def counted(text: str) -> str:
    """What "how many" asks to count: the words up to the verb; "" when nothing is counted."""
    match = _COUNTED.search(text)
    return match[1] if match else ""


def measured(text: str) -> str:
    """The adjective of "how wide", "how big" and the like; "" when nothing is measured."""
    match = _MEASURED.search(text)
    return match[1].lower() if match else ""


def kind_of(text: str) -> Kind:
    """The kind of answer that `text` asks for: of several question words the first one decides, but for a "when" that
    only opens a clause ("When a cell divides, what is released?").
    """
    if _YES_NO.match(text):
        return Kind.YES_NO
    asking = [match.start() for match in _ASKS.finditer(text)]
    if len(asking) > 1 and _WHENEVER.match(text, asking[0]):
        asking = asking[1:]
    place = asking[0] if asking else 0
    for kind, rule in _KIND_PATTERNS:
        if any(match.start() <= place < match.end() for match in rule.finditer(text)):
            return kind
    return Kind.OTHER


def has_kind(text: str, kind: Kind) -> bool:
    """Whether `text` holds anything of that kind (a figure for a quantity, a capitalised name for a person, ...)."""
    if kind is Kind.TIME:
        return bool(_TIME_WORDS.search(text)) or any(f.kind in ("year", "day", "clock") for f in figures(text))
    if kind is Kind.DURATION:
        return bool(_DURATION_WORDS.search(text) or _MEASURES["far"].search(text))
    if kind is Kind.QUANTITY:
        return any(f.kind not in ("year", "day", "clock", "version") for f in figures(text)) or bool(
            re.search(
                r"\b(?:one|half|majority|most|all|none|every|several|few|free|both|dozens|hundreds|thousands|millions)\b",
                text,
                re.I,
            )
        )
    if kind is Kind.PLACE:
        return bool(_PLACE_WORDS.search(text))
    if kind is Kind.PERSON:
        return bool(names(text) or _PEOPLE.search(text))
    if kind in (Kind.REASON, Kind.MANNER):
        return len(words(text)) >= FEW_WORDS
    return True


def may_count(text: str, counted: str) -> bool:
    """Whether `text` has an amount that is no date, sum of money or stretch of time, so that it may count `counted`."""
    if not counted or _DURATION_WORDS.search(counted):
        return True
    amounts = (figure for figure in figures(text) if figure.kind in ("quantity", "percent"))
    return any(not _DURATION_WORDS.fullmatch(figure.unit) for figure in amounts) or bool(_AMOUNT_WORDS.search(text))


def may_measure(text: str, measured: str) -> bool:
    """Whether `text` has a unit that answers how wide, how heavy or the like."""
    return measured not in _MEASURES or bool(_MEASURES[measured].search(text))


def may_date(text: str, question: str) -> bool:
    """Whether `text` names a year, in figures or as seen from the text ("last year"); only asked of it for "what year"."""
    return not _YEAR_ASKED.search(question) or bool(years(text) or _YEAR_WORDS.search(text))


def may_name(text: str, question: Question) -> bool:
    """Whether `text` has two names that are not the question's; only asked of it for "which countries" and the like."""
    if not _PLACES.search(question.text):
        return True
    asked = {word[:4] for word in words(question.text)}
    found = (starts(match[0]) for match in _CAPITALISED.finditer(text))
    return len({name - asked for name in found} - {frozenset()}) > 1


def may_number(text: str, around: str, question: Question) -> bool:
    """Whether each version and decimal of the question stands whole in `text`, or `around` it when `text` has no longer
    or shorter one: 3.2 is not 3.2.1.
    """
    asked = [f for f in question.figures if f.kind == "version" or (f.kind == "quantity" and f.value % 1)]
    said = figures(text) if asked else ()
    for figure in asked:
        number = question.text[figure.start : figure.end]
        if not any(figure.agrees(other) for other in said):
            if any(_akin(number, text[other.start : other.end]) for other in said):
                return False
            if not any(figure.agrees(other) for other in figures(around)):
                return False
    return True


def _akin(one: str, other: str) -> bool:
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")


def names(text: str) -> list[str]:
    """Capitalised names in order, each once; a capital that only opens the sentence or a question word is no name."""
    found: list[str] = []
    for match in _NAME.finditer(text):
        parts = match[0].rstrip(".'’").split()
        while parts and _LEAD.match(parts[0]):
            parts = parts[1:]
        opens = match.start() == 0 or text[: match.start()].rstrip().endswith((".", "?", "!", ":", "¿", "“", '"'))
        acronym = len(match[0]) > 1 and match[0].isupper()
        if len(parts) == 1 and opens and len(match[0].split()) == 1 and not acronym:
            continue
        if parts and parts[0][0].isupper():
            found.append(" ".join(parts))
    return list(dict.fromkeys(found))


def absent_names(question: Question, text: str) -> list[str]:
    """The question's names of which `text` has no word: words that begin with the same four letters count as one, so
    that "Uzbeks" are met by "Uzbekistan". Dates ("Sep 1932") and acronyms, which may be spelt out, are never absent.
    """
    have = {word[:4] for word in words(text)}
    spelt = [name for name in question.names if not (name.isupper() and len(name) <= 5)]
    return [name for name in spelt if (wanted := starts(name)) and not wanted & have]


def starts(name: str) -> frozenset[str]:
    """The first four letters of the words of a name."""
    return frozenset(word[:4] for word in words(name) if len(word) > 2 and word not in _NO_NAME and not word.isdigit())


def words(text: str) -> list[str]:
    """Lower-case words in order, possessive endings cut."""
    return [
        POSSESSIVE.sub("", word) if word[-2:-1] in "'’" or word[-1] in "'’" else word
        for word in _WORD.findall(text.lower())
    ]


@lru_cache(maxsize=16384)
def stems(text: str) -> frozenset[str]:
    """Stems (Snowball English) of the content words."""
    return frozenset(_stem(word) for word in words(text) if word not in STOPWORDS)


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    with _stemming:
        return str(_stemmer.stemWord(word))


def another_script(text: str) -> bool:
    """Whether most letters of `text` are not Latin ones."""
    letters = [letter for letter in text if letter.isalpha()]
    return sum(not unicodedata.name(letter, "").startswith("LATIN") for letter in letters) > len(letters) / 2
