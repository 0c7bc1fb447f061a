"""Follow-ups are read in the light of what was said; questions that stand alone are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.conversation import appended, standalone

History = list[tuple[str, str]]

EXPORTS: History = [
    ("user", "How much were Norway's fish exports in 2021?"),
    ("assistant", "Norway's fish exports reached 120.8 billion kroner in 2021. [1]"),
]
DAM: History = [
    ("user", "What is the Karuma Dam?"),
    ("assistant", "The Karuma Dam is a hydroelectric station on the Nile. [1]"),
]
MINISTER: History = [
    ("user", "Who is Ingrid Solberg?"),
    ("assistant", "Ingrid Solberg is director of fisheries at the University of Bergen. [1]"),
]
EDITOR: History = [
    ("user", "Who edits the harbour gazette?"),
    ("assistant", "Its editor is Tomas Lindqvist, who came from Malmo. [2]"),
]
PACT: History = [
    ("user", "Which pact did the five ports sign in Bergen?"),
    ("assistant", "The ports signed the Pact of Open Harbours on Friday. [1]"),
]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("And in 2019?", "How much were Norway's fish exports in 2019?"),
        ("And two years earlier?", "How much were Norway's fish exports in 2019?"),
        ("the year before?", "How much were Norway's fish exports in 2020?"),
        ("a year later?", "How much were Norway's fish exports in 2022?"),
        ("3 years before that?", "How much were Norway's fish exports in 2018?"),
        ("What about Iceland?", "How much were Iceland's fish exports in 2021?"),
    ],
)
def test_a_fragment_takes_the_place_of_its_counterpart_in_the_last_question(question: str, expected: str) -> None:
    assert standalone(question, EXPORTS) == expected


@pytest.mark.parametrize(
    ("history", "question", "expected"),
    [
        (DAM, "How long is it?", "How long is the Karuma Dam?"),
        (DAM, "Who built it?", "Who built the Karuma Dam?"),
        (DAM, "What are its effects on farming?", "What are the Karuma Dam's effects on farming?"),
        (MINISTER, "When was she born?", "When was Ingrid Solberg born?"),
        (MINISTER, "What does she do there?", "What does Ingrid Solberg do at the University of Bergen?"),
        (MINISTER, "What is her view of quotas?", "What is Ingrid Solberg's view of quotas?"),
        (EDITOR, "How old is he?", "How old is Tomas Lindqvist?"),
        (PACT, "When was it signed?", "When was the Pact of Open Harbours signed?"),
        (PACT, "Why did they sign it?", "Why did the five ports sign the Pact of Open Harbours?"),
        (PACT, "What does this pact forbid?", "What does the Pact of Open Harbours forbid?"),
        (
            EXPORTS,
            "Where does that figure come from?",
            "Where does the figure for Norway's fish exports in 2021 come from?",
        ),
    ],
)
def test_a_pronoun_gives_way_to_what_it_stands_for(history: History, question: str, expected: str) -> None:
    assert standalone(question, history) == expected


@pytest.mark.parametrize(
    ("asked", "question", "expected"),
    [
        ("Did the port close?", "Why?", "Why did the port close?"),
        ("Did the port close?", "Why not?", "Why didn't the port close?"),
        ("How many ships will the yard build in Gdansk?", "Why?", "Why will the yard build the ships in Gdansk?"),
        ("In which town was the first fair held?", "When?", "When was the first fair held?"),
        ("In which town was the first fair held?", "And the second one?", "In which town was the second fair held?"),
        (
            "What did the poll find about the port?",
            "And about the railway?",
            "What did the poll find about the railway?",
        ),
        ("Who is the mayor of Oslo?", "And Bergen?", "Who is the mayor of Bergen?"),
        ("What do foreign banks say?", "And local banks?", "What do local banks say?"),
        ("How many ships were built?", "what about ferries?", "How many ferries were built?"),
        ("What is the revenue of Statkraft?", "And the profit?", "What is the profit of Statkraft?"),
        ("Is zinc cheaper than tin?", "Which is safer?", "Which is safer, zinc or tin?"),
        ("What causes inflation?", "Tell me more.", "Tell me more about inflation?"),
        ("Where was Edvard Munch born?", "And Ibsen?", "Where was Ibsen born?"),
        ("What did the council approve in March?", "What else?", "What else did the council approve in March?"),
        ("Which road links Oslo and Bergen?", "And which railway?", "Which railway links Oslo and Bergen?"),
        ("Tell me about the fair in Turku", "Where will the next one be held?", "Where will the next fair be held?"),
        ("How many people live in Norway?", "How old are they?", "How old are people in Norway?"),
        ("When did the council approve the budget?", "Why is that?", "Why did the council approve the budget?"),
        ("What is the price of a widget?", "And its warranty?", "The widget's warranty?"),
        ("What did the Ministry of Trade say?", "Who is its head?", "Who is the Ministry of Trade's head?"),
        ("What are the costs of the new pedals?", "What is their weight?", "What is the new pedals' weight?"),
        ("What is the price of cod?", "Was it higher in 2010?", "Was the price of cod higher in 2010?"),
    ],
)
def test_an_elliptic_question_is_completed_from_the_question_before(asked: str, question: str, expected: str) -> None:
    assert standalone(question, [("user", asked)]) == expected


def test_a_chain_of_follow_ups_keeps_the_topic_of_the_first() -> None:
    history = [*MINISTER, ("user", "What does she say foreign fleets do?"), ("assistant", "They overfish. [1]")]
    assert standalone("And local fleets?", history) == "What does Ingrid Solberg say local fleets do?"
    longer = [*EXPORTS, ("user", "And in 2019?"), ("assistant", "107 billion kroner. [1]")]
    assert standalone("And the year before?", longer) == "How much were Norway's fish exports in 2018?"


@pytest.mark.parametrize(
    "question",
    [
        "Who is Ingrid Solberg?",
        "How many lighthouses stand on the coast of Norway?",
        "What did the harbour board announce about dredging in Bergen?",
        "Is it true that the harbour of Bergen froze in 1987?",
        "Does the harbour board publish its accounts?",
        "Who loved Bergen so much that he painted it?",
        "What did the trawlers rely on to keep them warm?",
        "How far is it from Oslo to Bergen?",
        "Why did Grieg say he would leave?",
        "How do people in Bergen feel about their neighbours these days?",
        "Will it rain in Bergen tomorrow?",
        "are you sure?",
        "When the ferry was sold, who bought it?",
        "How long does it take to cross the Oslofjord?",
        "What is a lighthouse?",
        'Who said "it is a good day for us all"?',
        "thanks",
        "OK!",
        "?",
        "",
    ],
)
@pytest.mark.parametrize("history", [DAM, EXPORTS, PACT], ids=["dam", "exports", "pact"])
def test_a_question_that_stands_alone_is_returned_as_it_is(question: str, history: History) -> None:
    assert standalone(question, history) == question


@pytest.mark.parametrize(
    ("asked", "question"),
    [
        ("Wer ist Bürgermeister von Bergen?", "Und zwei Jahre früher?"),
        ("Wer ist Bürgermeister von Bergen?", "Warum?"),
        ("Qui est le maire de Bergen ?", "Et en 2022 ?"),
        ("¿Quién es el alcalde?", "¿Y en 2022?"),
        ("Wie is de burgemeester van Bergen?", "Waarom?"),
        ("Kto jest burmistrzem?", "Dlaczego?"),
        ("谁是市长?", "他多大了?"),
        ("Кто мэр?", "А в 2022 году?"),
        ("من هو العمدة؟", "وفي عام 2022؟"),
    ],
)
def test_other_languages_are_left_as_they_are(asked: str, question: str) -> None:
    assert standalone(question, [("user", asked), ("assistant", "2020.")]) == question


def test_words_in_quotation_marks_are_not_replaced() -> None:
    asked = 'Why does it call the pact "a gift to us, as it were"?'
    assert '"a gift to us, as it were"' in standalone(asked, DAM)
    assert standalone("Where does “it never sleeps” stand?", DAM) == "Where does “it never sleeps” stand?"


def test_without_a_question_before_nothing_changes() -> None:
    for history in ([], [("assistant", "Good day.")], [("user", "  ")], [("system", "Who is Ingrid Solberg?")]):
        assert standalone("How old is she?", history) == "How old is she?"


def test_strange_roles_and_contents_are_passed_over() -> None:
    history: list[tuple[str, str]] = [("tool", "Bergen"), *DAM, ("user", None), ("USER ", "Oslo")]  # type: ignore[list-item]
    assert standalone("How long is it?", history) == "How long is the Karuma Dam?"


def test_a_huge_history_and_a_huge_question_are_taken_in_stride() -> None:
    noise = [("user", "dam " * 50_000), ("assistant", "x" * 200_000)] * 200
    assert standalone("How long is it?", [*noise, *DAM]) == "How long is the Karuma Dam?"
    huge = "it " * 100_000
    assert standalone(huge, DAM) == huge


TURN = st.text(max_size=60) | st.sampled_from(
    [
        "And it?",
        "what about 2020",
        "why",
        "which of them is better",
        "that",
        "two years earlier",
        "of",
        "the",
        "How many 's",
    ]
)


@settings(max_examples=300, deadline=None)
@given(TURN, st.lists(st.tuples(st.sampled_from(["user", "assistant", "system", ""]), TURN), max_size=6))
def test_nothing_that_can_be_typed_raises_and_an_empty_question_stays_empty(question: str, history: History) -> None:
    rewritten = standalone(question, history)
    assert rewritten == question or rewritten.strip()
    assert standalone(question, history) == rewritten


def test_a_month_is_nobody() -> None:
    history = [("user", "Who is the landlord?"), ("assistant", "It was signed on 4 March 2023 by Harbour Estates.")]
    assert "March" not in standalone("Can they raise the rent?", history)


def test_words_that_were_only_put_after_a_question_are_told() -> None:
    assert appended("who pays?", "Who pays for the dam?") == "for the dam"
    assert appended("Who pays?", "Who pays?") == ""
    assert appended("Who built it?", "Who built the dam?") == ""
