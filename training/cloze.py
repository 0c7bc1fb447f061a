"""Questions made from sentences by rule, for the articles that nobody asked about.

After Lewis, Denoyer and Riedel, Unsupervised Question Answering by Cloze Translation, ACL 2019, with rules that
translate: the subject becomes "who" or "what", and "A was built in 1932" becomes "When was A built?".
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

from training.augment import near_miss
from training.data import Group, Labelled, Passage, label

PRONOUN = re.compile(r"^(?:It|He|She|They)\b(?='s|\s)")
UNCLEAR = re.compile(r"(?:This|These|Those|That|His|Her|Its|Their|-)\b")
SUBJECT = re.compile(
    r"^(?P<subject>(?:The |A |An )?[A-Z][\w'’-]+(?: (?:of |the |and |de )?[A-Z][\w'’-]+){0,5})"
    r" (?=(?:was|is|were|are|has|had|can|could|will|would|became|began|made|won|led|built|held|took|gave|wrote|found|"
    r"includes|serves|hosts|plays|covers|produces|provides|makes|uses|[a-z]{3,}ed)\b)"
)
BE = re.compile(r"^(?P<subject>[A-Z][^,;:()]{2,60}?) (?P<be>was|were|is|are) (?P<rest>[a-z][^;()]*)$")
DATED = re.compile(r",? (?:in|on|by|since|until|from)(?: [A-Z][a-z]+)?(?: \d{1,2},?)? (?P<year>1\d{3}|20[0-3]\d)\b")
PLACED = re.compile(r" (?P<word>in|at|near|from|to) (?P<place>(?:the )?[A-Z][\w'’-]+(?:,? [A-Z][\w'’-]+){0,2})")
NO_SUBJECT = re.compile(
    r"(?:There|Early|Many|Most|Some|Such|One|All|Both|Each|Another|Other|Several|Since|While|After|Before|When|In|On|At"
    r"|By|For|From|As|If|But|And|Then|However|Although|What|Which|Who|How|Where|We|I|You|No|Not|More|First|Also|Newly|Like|Within|Despite|He|She|It|They|\w+ly)\b"
)
PEOPLE = re.compile(
    r"\b(?:he|she|his|her|born|died|who|king|president|elected|appointed|wrote|said|married)\b", re.IGNORECASE
)


def cloze_questions(passage: Passage, index: int) -> Iterator[tuple[str, str]]:
    """(question, answer) made from one sentence; the pronoun it starts with stands for the article's title."""
    start, end = passage.sentences[index]
    sentence = re.sub(r"\s*\([^()]*\)", "", passage.text[start:end]).rstrip(".! ")
    sentence = PRONOUN.sub(lambda _: passage.title, sentence) if index else sentence
    if not 6 <= len(sentence.split()) <= 45 or "\n" in sentence or UNCLEAR.match(sentence):
        return
    if (subject := SUBJECT.match(sentence)) and not NO_SUBJECT.match(sentence):
        who = "Who" if PEOPLE.search(sentence) else "What"
        yield f"{who} {shorter(sentence[subject.end() :])}?", subject["subject"].removeprefix("The ")
    if (be := BE.match(sentence)) and not NO_SUBJECT.match(sentence) and (dated := DATED.search(be["rest"])):
        asked = be["rest"][: dated.start()]
        if len(asked.split()) > 1:
            yield f"When {be['be']} {lowered(be['subject'])} {asked}?", dated["year"]
    if (
        (be := BE.match(sentence))
        and not NO_SUBJECT.match(sentence)
        and (placed := PLACED.search(be["rest"]))
        and placed.start() > 4
    ):
        yield f"Where {be['be']} {lowered(be['subject'])} {be['rest'][: placed.start()]}?", placed["place"]


def shorter(text: str) -> str:
    """The first clause or two: what people ask is shorter than what is written."""
    clauses = text.split(", ")
    return clauses[0] if len(clauses[0].split()) > 4 else ", ".join(clauses[:2])


def lowered(subject: str) -> str:
    first = subject.split(" ", 1)[0]
    return (
        subject[:1].lower() + subject[1:]
        if first in ("The", "A", "An", "In", "At", "On", "After", "During")
        else subject
    )


def cloze_groups(passages: Sequence[Passage], names: Sequence[str], count: int, seed: int) -> Iterator[Group]:
    """About `count` groups: made-up questions on their passage, every third a near miss or without its sentence."""
    rng = random.Random(seed)
    made = 0
    while made < count:
        passage = rng.choice(passages)
        index = rng.randrange(len(passage.sentences))
        found = list(cloze_questions(passage, index))
        if not found:
            continue
        question, answer = rng.choice(found)
        start, end = passage.sentences[index]
        spans = tuple(span for span in label(passage, [answer]).spans if start <= span[0] < end)
        if not spans:
            continue
        made += 1
        chance = rng.random()
        if chance < 0.15 and len(passage.sentences) > 2:
            yield Group(question, (Labelled(passage.without({index})),))
        elif chance < 0.4 and (changed := near_miss(question, passage, names, rng)):
            yield Group(changed, (Labelled(passage),))
        else:
            yield Group(question, (Labelled(passage, frozenset({index}), spans),))
