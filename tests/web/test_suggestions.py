from __future__ import annotations

import pytest

from index.documents import Document
from index.passages import split
from rag.web.site import Site
from rag.web.suggestions import answerable, base_form, candidates, question_from


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("In 2020, the museum proposed the building of a new wing.", "What did the museum propose in 2020?"),
        ("Ada Lovelace published the first program in 1843, in a note.", "What did Ada Lovelace publish in 1843?"),
        ("Bridge traffic reached a record 4.2 million in 2019.", "How much did Bridge traffic reach in 2019?"),
        ("The city council has approved two plans for the harbour.", "What has the city council approved?"),
        ("The Tower Bridge was completed in 1894 after eight years.", "When was the Tower Bridge completed?"),
        ("Data from the port showed that container trade reached $5 billion.", "How much did container trade reach?"),
        ("Grace Hopper was a computer scientist and navy officer.", "Who was Grace Hopper?"),
        ("The rent is EUR 11,200 a month, payable in advance.", "How much is the rent?"),
        ("Core hours are 10:00 to 15:00 on weekdays.", "What are the core hours?"),
        ("## Opening hours\n\n- Monday: 9 to 5", "What are the opening hours?"),
        ("The mayor on Tuesday unveiled a statue of the poet.", "What did the mayor unveil?"),
    ],
)
def test_a_sentence_gives_the_question_it_answers(sentence: str, question: str) -> None:
    assert question_from(sentence) == question


@pytest.mark.parametrize(
    "sentence",
    [
        "He published the first program in the year 1843.",
        "This has approved two plans for the harbour of the city.",
        "Short one.",
        "Veltmark is 40 km away from the nearest of the harbours.",
        "Every clerk gets 28 days of paid leave a year.",
        "Pumps delivered | 1 August 2025 | 15 August 2025",
        "# Hypothesis\n\n- It is a library",
        "Please enter your comment and your name before you send it!",
        "The council frobnicated the budget of the coming year.",
        "x" * 500,
    ],
)
def test_a_sentence_that_does_not_stand_alone_gives_none(sentence: str) -> None:
    assert question_from(sentence) is None


def test_a_question_of_the_document_is_taken_as_it_stands() -> None:
    text = "## May I keep a dog?\n\nYes, a small one. It must be quiet.\n\nQ: Who pays for repairs?\nA: The tenant.\n"
    found = [
        (each.question, text[each.start : each.end]) for each in candidates(split(Document("a.md", text, "", "A")))
    ]
    assert found == [("May I keep a dog?", "Yes, a small one."), ("Who pays for repairs?", "A: The tenant.")]


def test_an_unknown_verb_is_never_misspelt() -> None:
    assert base_form("hosted") == "host"
    assert base_form("agreed") == "agree"
    assert base_form("planned") == "plan"
    assert base_form("built") == "build"
    assert base_form("sled") is None


def test_only_questions_that_the_documents_answer_are_offered(site: Site) -> None:
    text = "The zeppelin museum proposed a wing made of glass in the year."
    foreign = split(Document("elsewhere.txt", text, "0" * 64, "Elsewhere"))
    assert list(candidates(foreign))
    assert answerable(site.engine, candidates(foreign), 3) == []


def test_what_was_asked_already_is_not_offered_again(site: Site) -> None:
    [document] = [site.engine.library.document(info.id) for info in site.engine.library.documents() if "002" in info.id]
    found = list(candidates(split(document)))
    first = answerable(site.engine, found, 1)
    assert first
    assert first[0] not in answerable(site.engine, found, 3, without=[first[0].upper()])


def test_suggesting_ends_when_somebody_waits(site: Site) -> None:
    document = site.engine.library.document(site.engine.library.documents()[2].id)
    assert answerable(site.engine, candidates(split(document)), 3, go_on=lambda: False) == []
