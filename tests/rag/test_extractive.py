from datetime import date

from rag.drafting.extractive import MAX_WORDS, ExtractiveDrafter, choose
from rag.evidence import Evidence
from rag.question import read
from tests.rag.made import evidence, passage


def test_one_sentence_answers_a_plain_question() -> None:
    found = evidence("The dam opened in 1931. It employs 310 people.", answer="1931")
    drafts = list(ExtractiveDrafter().draft("When did the dam open?", found))
    assert [draft.text for draft in drafts] == ["The dam opened in 1931."]


def test_another_value_in_another_document_is_shown_beside_it() -> None:
    one = evidence("The port handled 4.2 million tonnes in 2019.", 0.9, "a.txt", "4.2 million tonnes")
    other = evidence("In 2019 the port handled 3.9 million tonnes.", 0.8, "b.txt", "3.9 million tonnes")
    chosen = choose(read("How many tonnes did the port handle in 2019?"), [*one, *other])
    assert [item.passage.document_id for item in chosen] == ["a.txt", "b.txt"]


def test_of_two_values_the_newest_comes_first() -> None:
    one = evidence("The port handled 4.2 million tonnes.", 0.9, "a.txt", "4.2 million tonnes", date(2019, 1, 1))
    other = evidence("The port handled 3.9 million tonnes.", 0.8, "b.txt", "3.9 million tonnes", date(2021, 1, 1))
    chosen = choose(read("How many tonnes did the port handle?"), [*one, *other])
    assert [item.passage.document_id for item in chosen] == ["b.txt", "a.txt"]


def test_the_same_value_in_another_document_is_not_repeated() -> None:
    one = evidence("The port handled 4.2 million tonnes in 2019.", 0.9, "a.txt", "4.2 million tonnes")
    other = evidence("The port moved 4.2 million tonnes in all of 2019.", 0.8, "b.txt", "4.2 million tonnes")
    assert len(choose(read("How many tonnes did the port handle in 2019?"), [*one, *other])) == 1


def test_an_opening_pronoun_brings_the_sentence_that_it_refers_to() -> None:
    found = evidence("The dam stands at Veltmark. It was designed by Ada Lindqvist.", answer="Ada Lindqvist")
    chosen = choose(read("Who designed the dam?"), [found[1]])
    assert [item.sentence.text for item in chosen] == [
        "It was designed by Ada Lindqvist.",
        "The dam stands at Veltmark.",
    ]


def test_a_row_brings_the_names_of_its_columns() -> None:
    sentences = passage("| Team | Phone |\n|---|---|\n| HR | 4411 |\n| IT | 4420 |\n")
    row = Evidence(sentences, sentences.sentences[-1], 0.9, "| Team | Phone |")
    assert [item.sentence.text for item in choose(read("What is IT's phone number?"), [row])] == [
        "| IT | 4420 |",
        "| Team | Phone |",
    ]


def test_a_colon_brings_what_it_announces() -> None:
    item = "- The first of the goals is that trade grows every year by a tenth or more.\n"
    found = evidence("The plan has two goals:\n" + 2 * item + "\nPlease enter your comment!")
    assert [draft.text for draft in ExtractiveDrafter().draft("What does the plan have?", found)] == [
        "The plan has two goals:",
        *2 * [item.strip()],
    ]


def test_a_list_may_take_three_sentences_and_never_more_than_ninety_words() -> None:
    long = " ".join(f"word{n}" for n in range(40))
    found = [item for n in range(5) for item in evidence(f"Item {n} is {long}.", document_id=f"{n}.txt")]
    chosen = choose(read("Which items are there?"), found)
    assert sum(len(item.sentence.text.split()) for item in chosen) <= MAX_WORDS
    assert len(chosen) == 2


def test_nothing_found_is_nothing_said() -> None:
    assert choose(read("Who?"), []) == []
