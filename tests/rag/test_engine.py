"""The pipeline over real files, the real index and the real models."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import FileError, FootnoteError, SourceError
from rag import Answer, ClaimReady, Finished, Footnote, Started, Status, Verdict
from rag.errors import AnswerFileError, QuestionError, SettingsError

HARBOUR = """Harbour report

The harbour of Veltmark opened in 1931. It was designed by Ada Lindqvist, an engineer from Uppsala.

In 2019 the harbour handled 4.2 million tonnes of grain. The harbour employs 310 people.

Please enter your comment!
"""
RIVAL = """Port statistics

In 2019 the harbour of Veltmark handled 3.9 million tonnes of grain, the statistics office said.
"""


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Footnote:
    folder = tmp_path_factory.mktemp("harbour")
    (folder / "report.txt").write_text(HARBOUR, "utf-8")
    return Footnote.open(folder, tmp_path_factory.mktemp("harbour-index"))


def test_a_fresh_folder_answers_with_an_exact_quote_without_a_sync(harbour: Footnote) -> None:
    answer = harbour.ask("Who designed the harbour of Veltmark?")
    assert answer.status is Status.ANSWERED
    quote = answer.citations[0]
    assert "Ada Lindqvist" in quote.quote
    assert quote.quote == HARBOUR[quote.start : quote.end]
    assert "Uppsala. [1]" in answer.text


def test_what_the_documents_do_not_say_is_an_abstention_with_the_nearest_passages(harbour: Footnote) -> None:
    answer = harbour.ask("How much grain did the harbour of Veltmark handle in 2003?")
    assert answer.status is Status.ABSTAINED
    assert not answer.claims
    assert "2003" in answer.text
    assert all(quote.quote == HARBOUR[quote.start : quote.end] for quote in answer.citations)


@pytest.mark.parametrize("said", ["Hello!", "What documents do you have?", "What can you do?"])
def test_talk_is_told_what_to_ask_and_shown_no_passage(seeds: Footnote, said: str) -> None:
    answer = seeds.ask(said, history=[("user", "How much was trade in 2024?"), ("assistant", "$94.8 billion. [1]")])
    assert answer.status is Status.ABSTAINED
    assert answer.text.startswith("Ask about something")
    assert answer.citations == ()


def test_a_question_on_something_else_is_an_abstention(harbour: Footnote) -> None:
    assert harbour.ask("What is the boiling point of tungsten?").status is Status.ABSTAINED


def test_only_what_no_passage_has_is_said_to_be_missing_from_the_documents(seeds: Footnote) -> None:
    assert seeds.ask("What do Uzbeks eat for breakfast?").text.startswith(("The nearest passages", "The word"))
    assert "“uzbekistan”" not in seeds.ask("how tall is uzbekistan's tallest chimney?").text
    assert seeds.ask("What did Elon Musk eat?").text == "The documents say nothing of Elon Musk."


def test_boilerplate_is_never_quoted(harbour: Footnote) -> None:
    answer = harbour.ask("Please enter your comment!")
    assert all("comment" not in quote.quote for quote in answer.citations)


def test_a_stream_ends_with_the_answer_that_it_showed(seeds: Footnote) -> None:
    events = list(seeds.stream("How much was China-Central Asia trade in 2024?"))
    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Finished)
    shown = tuple(event.claim for event in events if isinstance(event, ClaimReady))
    assert shown == events[-1].answer.claims
    assert shown


def test_two_documents_with_two_figures_are_both_shown(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "report.txt").write_text(HARBOUR, "utf-8")
    (tmp_path / "docs" / "statistics.txt").write_text(RIVAL, "utf-8")
    with_both = Footnote.open(tmp_path / "docs", tmp_path / "index")
    answer = with_both.ask("How many tonnes of grain did the harbour of Veltmark handle in 2019?")
    assert {quote.document_id for quote in answer.citations} == {"report.txt", "statistics.txt"}
    assert answer.conflicts == ((1, 2),)
    assert any("different figures" in notice for notice in answer.notices)


def test_two_years_are_compared_by_one_sentence_or_by_one_each(tmp_path: Path, seeds: Footnote) -> None:
    (tmp_path / "a.txt").write_text(
        "Grain exports of Veltmark rose from 4.1 tonnes in 1999 to 5.2 tonnes in 2004.", "utf-8"
    )
    question = "How did the grain exports of Veltmark change from 1999 to 2004?"
    assert len(Footnote.open(tmp_path, tmp_path / "index").ask(question).claims) == 1
    both = seeds.ask("How did China-Central Asia trade change from 2022 to 2024?")
    assert "$70.2 billion" in both.text
    assert "$94.8 billion" in both.text
    assert both.conflicts == ()


def test_further_passages_are_read_when_the_first_do_not_answer(
    seeds: Footnote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seeds, "settings", seeds.settings.with_(passages_read=1))
    question = "How many twinning arrangements link towns and regions of the two sides?"
    assert "62 pairs" in seeds.ask(question).text
    monkeypatch.setattr("rag.engine.MORE", 0)
    assert seeds.ask(question).status is Status.ABSTAINED


def test_a_follow_up_is_answered_as_the_question_it_stands_for(seeds: Footnote) -> None:
    first = seeds.ask("How much was China-Central Asia trade in 2024?")
    history = [("user", first.asked), ("assistant", first.text)]
    answer = seeds.ask("And two years earlier?", history=history)
    assert "2022" in answer.question
    assert answer.asked == "And two years earlier?"
    assert "$70.2 billion" in answer.text


LEASE = """# The lease

This lease is made between Harbour Estates Ltd (the "Landlord") and Northwind Traders BV (the "Tenant").

The Tenant pays a deposit of three months' rent. The deposit is paid on 4 March.

## How to end it

1. Write a letter to the Landlord.
2. Return the keys.
"""


def test_a_new_subject_is_not_asked_of_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "lease.md").write_text(LEASE, "utf-8")
    (tmp_path / "cake.txt").write_text("Plum cake\n\nPlum cake needs a kilo of plums and bakes for an hour.\n", "utf-8")
    both = Footnote.open(tmp_path, tmp_path / "index")
    history = [("user", "How long does the plum cake bake?"), ("assistant", "It bakes for an hour. [1]")]
    assert "Harbour Estates Ltd" in both.ask("Who is the landlord?", history=history).text


def test_a_follow_up_that_stands_alone_is_answered_as_it_was_asked(tmp_path: Path) -> None:
    (tmp_path / "lease.md").write_text(LEASE, "utf-8")
    lease = Footnote.open(tmp_path, tmp_path / "index")
    history = [("user", "How much is the deposit?"), ("assistant", "The Tenant pays three months' rent. [1]")]
    assert "Harbour Estates Ltd" in lease.ask("Who is the landlord?", history=history).text
    assert "deposit" in lease.ask("When is it paid?", history=history).question
    steps = lease.ask("How do I end the lease?").citations[0]
    assert steps.quote == LEASE[steps.start : steps.end] == LEASE[LEASE.index("## How") :].strip()


def test_a_filter_by_document_and_by_date_limits_what_is_quoted(seeds: Footnote) -> None:
    only = seeds.ask("How much was trade?", documents=["004_eeb43d33610d48b2.txt"])
    assert {scored.passage.document_id for scored in only.passages} == {"004_eeb43d33610d48b2.txt"}
    dated = seeds.retrieve("trade", after=date(2025, 1, 1))
    assert dated
    assert all(scored.passage.published and scored.passage.published >= date(2025, 1, 1) for scored in dated)


def test_one_document_may_be_named_alone(seeds: Footnote) -> None:
    only = "004_eeb43d33610d48b2.txt"
    assert seeds.ask("How much was trade?", documents=only).citations == (
        seeds.ask("How much was trade?", documents=[only]).citations
    )
    assert {scored.passage.document_id for scored in seeds.retrieve("trade", documents=only)} == {only}


def test_an_unknown_document_is_named(seeds: Footnote) -> None:
    only = "004_eeb43d33610d48b2.txt"
    for documents in ("faq.md", [only, "faq.md"]):
        with pytest.raises(FileError, match=r"no document faq\.md .*:"):
            seeds.ask("How much was trade?", documents=documents)
        with pytest.raises(FileError, match=r"no document faq\.md .*:"):
            seeds.retrieve("trade", documents=documents)


@pytest.mark.parametrize("question", [None, 5, ["Who?"], b"Who?", "Who is \ud800?"])
def test_a_question_that_is_no_text_is_refused_with_a_sentence(seeds: Footnote, question: Any) -> None:
    for use in (seeds.ask, seeds.retrieve):
        with pytest.raises(QuestionError, match=r"^The question .*: give a text"):
            use(question)


@pytest.mark.parametrize("text", [None, 5, "Trade grew by \ud800."])
def test_a_text_to_verify_that_is_none_is_refused_with_a_sentence(seeds: Footnote, text: Any) -> None:
    for use in (seeds.verify, seeds.judge, lambda text: seeds.verify("Trade grew.", text or 5)):
        with pytest.raises(QuestionError, match=r"^The (text|sentence|question) .*: give a text"):
            use(text)


@pytest.mark.parametrize("k", [0, -1, "5", 2.5])
def test_a_number_of_passages_that_is_none_is_refused(seeds: Footnote, k: Any) -> None:
    with pytest.raises(QuestionError, match="a whole number from 1"):
        seeds.retrieve("trade", k=k)


@pytest.mark.parametrize(
    "history",
    [5, "Who?", ["Who?"], [("user",)], [("user", None)], [{"role": "user", "content": "Who?"}], {"user": "Who?"}],
)
def test_a_history_of_another_shape_is_told_the_right_one(seeds: Footnote, history: Any) -> None:
    with pytest.raises(QuestionError, match=r"history is pairs, role and text: give "):
        seeds.ask("And in 2022?", history)


@pytest.mark.parametrize("given", [{"documents": 5}, {"documents": [5]}, {"after": "2024-01-01"}, {"before": 2024}])
def test_a_filter_of_another_kind_is_told_what_to_give(seeds: Footnote, given: dict[str, Any]) -> None:
    with pytest.raises(QuestionError, match=": give "):
        seeds.ask("How much was trade?", **given)


def test_a_changed_figure_is_contradicted_and_the_quote_says_what_is_right(seeds: Footnote) -> None:
    right, wrong = seeds.verify(
        "China-Central Asia trade reached $94.8 billion in 2024. "
        "China-Central Asia trade reached $95.9 billion in 2024."
    ).claims
    assert right.verdict is Verdict.SUPPORTED
    assert wrong.verdict is Verdict.CONTRADICTED
    assert "$94.8 billion" in wrong.citations[0].quote


def test_an_answer_survives_being_saved(seeds: Footnote) -> None:
    answer = seeds.ask("How much was China-Central Asia trade in 2024?")
    assert Answer.from_dict(answer.to_dict()) == answer


@pytest.mark.parametrize(
    "changed", [{"text": 5}, {"question": None}, {"confidence": "high"}, {"notices": [5]}, {"citations": [5]}]
)
def test_a_saved_answer_with_a_part_of_another_kind_is_none(seeds: Footnote, changed: dict[str, Any]) -> None:
    saved = seeds.ask("How much was China-Central Asia trade in 2024?").to_dict()
    with pytest.raises(AnswerFileError, match="not a saved answer"):
        Answer.from_dict({**saved, **changed})


@pytest.mark.parametrize("question", ["", "   \n", "? !", "x" * 2001])
def test_an_empty_or_huge_question_is_refused_with_a_sentence(seeds: Footnote, question: str) -> None:
    with pytest.raises(QuestionError, match=r"The question .*:"):
        seeds.ask(question)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="nowhere"):
        Footnote.open(tmp_path / "nowhere", tmp_path / "index").ask("Who?")


def test_an_unknown_setting_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="colour"):
        Footnote.open(tmp_path, tmp_path / "index", colour="red")


@settings(max_examples=15, deadline=None)
@given(st.text(min_size=1, max_size=200))
def test_any_question_gets_an_answer_or_a_sentence(seeds: Footnote, question: str) -> None:
    try:
        answer = seeds.ask(question)
    except FootnoteError as error:
        assert str(error).endswith((".", "?"))
    else:
        for quote in answer.citations:
            text = seeds.library.document(quote.document_id).text
            assert quote.quote == text[quote.start : quote.end]


OFFLINE = """
import socket, sys
def refuse(*args, **kwargs): raise SystemExit("a connection was tried")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
from rag import Footnote
footnote = Footnote.open(sys.argv[1], sys.argv[2])
print(footnote.ask("How much was China-Central Asia trade in 2024?").status)
"""


def test_a_new_process_indexes_and_answers_with_every_socket_refused(tmp_path: Path) -> None:
    source = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-c", OFFLINE, str(source / "seeds"), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=source, timeout=120, check=False)
    assert done.stdout.strip() == "answered", done.stderr
