"""Which lines of a document are furniture of the page it came from: sign-up calls, comment forms, cookie notices.

Precision first: a line is marked only when the whole of it is furniture. A missed line costs a poor quote now and
then, a sentence marked by mistake can never be quoted again.
"""

from __future__ import annotations

import re

from index.markup import plain

_MAX_CHARACTERS = 260

_NO_WORDS = re.compile(r"[\W_]*")
_HASHTAGS = re.compile(r"(?:#[^\s#]+[\s,]*){2,}|#[^\W\d][\w-]*(?:[ -][\w-]+){0,4}(?<![.!?])")
_REFERENCE = re.compile(r"[\W\d]*\(?(?:https?://|www\.)\S+[\W\d]*")
_BYLINE = re.compile(
    r"(?:(?:by|photo|photograph|image|picture|reporters?|journalists?|editors?|writers?|authors?|correspondents?|staff)\b"
    r"[ :/]+)?@\w[\w .]{0,30}"
    r"|(?:journalists?|reporters?|correspondents?|staff writers?|editors?) @ ?\w[\w .&-]{0,40}"
    r"|(?:photo|image|picture)s?(?: credit| by|:)[ :]{0,2}[\w ./&,'’-]{2,60}",
    re.IGNORECASE,
)

_FURNITURE = [
    # newsletters and subscriptions
    r"(?:get|receive) .{1,60}\b(?:stories|news|updates|headlines|newsletter|alerts)\b.{0,40}"
    r"\b(?:sent|delivered|straight|directly)\b.{0,20}\b(?:you|your (?:inbox|e-?mail|phone))\b.*",
    r"(?:please )?(?:sign up|subscribe|register)\b (?:now|today|here|below|via (?:the|our) \w+"
    r"|to (?:our|the|get|receive|read|continue)|for (?:our|the|free))\b.*",
    r"(?:please )?(?:follow|like|find|join) us (?:on|at)\b.*",
    r"(?:don['’]t|never) miss (?:a|an|any|our) (?:story|update|post|issue|newsletter)\b.*",
    r"(?:enter|type|provide|submit) your (?:e-?mail|email address|name|comment|password|username)\b.*",
    r"you (?:can|may) unsubscribe (?:at )?any ?time\b.*|unsubscribe(?: here| at any time)?",
    r"download (?:our|the) (?:free )?(?:\w+ )?app\b.*",
    # comment forms
    r"please (?:enter|type|write) your (?:comment|name|e-?mail|email address)\b.*",
    r"(?:leave|post|add|write|submit) (?:a|your) (?:comment|reply|review)\b.{0,30}|cancel reply|post comment",
    r"your e-?mail address will not be published\b.*|required fields are marked\b.*",
    r"(?:you must be )?(?:log(?:ged)? in|sign(?:ed)? in) to (?:post|leave|write|add)\b.*",
    r"save my name,? e-?mail,? and website in this browser\b.*",
    r"comments? (?:are|is) (?:closed|disabled)(?: .{0,40})?|(?:\d+|no) comments?(?: yet)?",
    # cookies and legal footers
    r"(?:we|this (?:web)?site|our (?:web)?site) uses? cookies\b.*",
    r"accept (?:all )?cookies|cookie (?:policy|settings|preferences)",
    r"by (?:continuing|clicking|using|subscribing|signing)\b.{0,80}\byou\b.{0,40}\b(?:agree|accept|consent)\b.*",
    r"(?:copyright|©|\(c\)) ?(?:©|\(c\))? ?\d{4}.{0,80}|.{0,60}\ball rights reserved",
    r"(?:terms (?:of (?:use|service)|and conditions)|privacy (?:policy|notice))(?: (?:\||and) .{0,40})?",
    # sharing and navigation
    r"share (?:this|on|via)\b.{0,60}|share|tweet|pin it|e-?mail this|print(?: this)?(?: page| article)?",
    r"(?:click|tap) (?:here|below|the (?:link|button))\b.{0,80}",
    r"(?:read|view|show|load|see) (?:more|(?:the )?full (?:article|story))(?: here| →| »)?|continue reading",
    r"(?:related|recommended|popular|latest|trending) (?:articles?|posts?|stories|news|reading)",
    r"you (?:may|might) also like\b.{0,30}",
    r"skip to (?:main )?content|back to top|home|menu|search|advertisement|sponsored(?: content)?",
    r"(?:next|previous) (?:article|post)",
    r"please enable (?:javascript|cookies)\b.*|(?:javascript|cookies) (?:is|are|must be) (?:disabled|required)\b.*",
]
_WHOLE = re.compile(rf"[\W_]*(?:{'|'.join(_FURNITURE)})[\W_]*", re.IGNORECASE | re.DOTALL)
_NETWORKS = re.compile(
    r"\b(?:facebook|twitter|instagram|telegram|youtube|tiktok|linkedin|whatsapp|newsletter|inbox|x)\b", re.IGNORECASE
)
_SIGN_UP = re.compile(r"[\W_]*(?:please )?(?:sign up|subscribe|follow|join)\b", re.IGNORECASE)


def is_boilerplate(sentence: str) -> bool:
    """True when the whole of `sentence` is page furniture: it says nothing that a document could be cited for."""
    text = sentence.strip()
    if _NO_WORDS.fullmatch(plain(text)):
        return True
    if len(text) > _MAX_CHARACTERS:
        return False
    if _REFERENCE.fullmatch(text) or _HASHTAGS.fullmatch(text) or _BYLINE.fullmatch(text):
        return True
    if _SIGN_UP.match(text) and len(_NETWORKS.findall(text)) >= 2:
        return True
    return bool(_WHOLE.fullmatch(text))
