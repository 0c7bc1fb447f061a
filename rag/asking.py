"""What stands around a question: a greeting, an order on the form of the answer. No document can meet those words.

And "whats", which no document knows either, as "what is".
"""

from __future__ import annotations

import re

_PLEASE = r"(?:please,? )?"
_FORM = (
    r"(?:(?:in|with|using) (?:(?:just|only|no more than|at most|max(?:imum)?|under|about) )?"
    r"(?:(?:an?|one|two|three|four|five|\d+|a few|few)(?: \w+)? (?:sentences?|words?|lines?|paragraphs?|bullet points?)"
    r"|(?:your own|plain|simple|other|short) (?:words|terms|english|language|sentences?)|bullet points?|bullets)"
    r"|in brief|in short|briefly|concisely|as (?:briefly|shortly|precisely|concisely) as possible|step by step)"
)
_TELL = r"(?:answer|reply|respond|write|keep|be|give|provide|limit|use|explain|summari[sz]e|cite|quote|return|output|record|list|show|name|state|say|mention|include)"
_ORDER = re.compile(
    rf"{_PLEASE}(?:"
    rf"if (?:(?:there (?:is|are)|you find|it is|they are) )?(?:multiple|several|many|more than one|any|none|not|unknown|unsure|you (?:do not|don['’]t|cannot|can['’]t) \w+)\b[^,]*, ?{_PLEASE}(?:just )?{_TELL}\b.*"
    rf"|{_TELL}(?: (?:{_FORM}|me|it|this|that|us|your|the|an?|all|only|just|full|short|brief|exact|direct|answers?|reply|response|values?|sources?|quotes?"
    rf"|citations?|page numbers?|concise|precise|specific|honest|quick|to the point|with|from|of|and|based on|documents?|texts?|passages?|context))++"
    rf"|{_FORM}(?:,? please)?"
    r"|no (?:explanations?|preamble|small talk)"
    r"|(?:do not|don['’]t) (?:make (?:it|things|anything) up|guess|explain|invent \w+)"
    r"|thanks?(?: you)?(?: (?:a lot|so much|very much|in advance))?|cheers|please"
    r")[\s.!,]*",
    re.I,
)
"""A whole sentence that says how to answer."""
_OPENING = re.compile(
    r"q(?:uestion)?(?: \d+)? ?[:.)]\s*"
    r"|(?:hi|hello|hey|good (?:morning|afternoon|evening))\b(?: (?:there|all|team|everyone|bot|footnote))?\s*[,.!:–—-]\s*"
    rf"|{_PLEASE}(?:(?:answer|explain|tell me) )?{_FORM}\s*[,:]\s*{_PLEASE}",
    re.I,
)
_CLOSING = re.compile(
    rf"(?:, | [-–—] | \(| ){_PLEASE}(?:(?:answer|explain) )?{_FORM}(?:,? please)?\)?(?=\s*[?.!]*$)"
    r"|,? (?:please|thanks?(?: you)?)(?=\s*[?.!]*$)",
    re.I,
)
_WHATS = re.compile(r"(?<!the )\b(what|who|where|when|how)s\b(?= (?!and\b|of\b)\w)", re.I)
_SENTENCE = re.compile(r"(?<=[?.!])\s+|\n+")


def asked(text: str) -> str:
    """The question in `text` without what stands around it: "Q: Who paid? If several, list all." asks "Who paid?".
    "whos" is read as "who is".

    A text of which nothing would be left is given back as it is.
    """
    rest = text = _WHATS.sub(r"\1 is", text)
    while opening := _OPENING.match(rest):
        rest = rest[opening.end() :]
    sentences = _SENTENCE.split(rest.strip())
    kept = [each for each in sentences if each.endswith("?") or not _ORDER.fullmatch(each)]
    question = _CLOSING.sub("", " ".join(kept) if len(kept) < len(sentences) else rest).strip(" ,")
    if not any(mark.isalnum() for mark in question):
        return text
    return question if rest == text else question[0].upper() + question[1:]
