"""A sentence that keeps its source's words is said by it only when nothing that was left out or moved decides."""

from __future__ import annotations

import pytest

from rag.shortening import is_shortened


def says(source: str, sentence: str, *elsewhere: str) -> bool:
    return is_shortened(sentence, source, elsewhere)


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("The harbour of Veltmark opened in 1931.", "In 1931 the harbour of Veltmark opened."),
        ("In 1931, the harbour opened for grain ships.", "The harbour opened for grain ships in 1931."),
        ("The harbour, which opened in 1931, handles grain.", "The harbour handles grain."),
        ("The harbour opened in 1931, and the ferry followed.", "The harbour opened in 1931."),
        ("The small old harbour opened in 1931.", "The harbour opened in 1931."),
        ("Customs data showed that trade reached a record $95 billion in 2024.", "Trade reached $95 billion in 2024."),
        ("The firm makes cars and bikes.", "The firm makes bikes."),
        ("The harbour was designed by Ada Lindqvist in 1929.", "Ada Lindqvist designed the harbour in 1929."),
        ("Ada Lindqvist designed the harbour.", "The harbour was designed by Ada Lindqvist."),
        ("Although critics did not like it, the harbour opened.", "The harbour opened."),
        ("President Ada Lindqvist opened the harbour.", "Lindqvist opened the harbour."),
        ("Veltmark (a harbour) that handles grain is old.", "Veltmark that handles grain is old."),
        ("However, it is not possible to close the harbour.", "It is not possible to close the harbour."),
        ("All ferries leave at noon.", "Ferries leave at noon."),
        ("The growing trade reached $95 billion.", "Trade reached $95 billion."),
        ("In 1929 Ada finally designed the harbour.", "Ada designed the harbour."),
        ("In the aftermath of the storms, Ada designed the harbour.", "Ada designed the harbour."),
        ("When finally Ada came in 1929, at noon, she left.", "Ada came in 1929."),
        ("In 1929 engineer Ada Lindqvist designed the harbour.", "Ada Lindqvist designed the harbour."),
        ("For ten years, ferries left at noon.", "Ferries left at noon."),
        ("Ada, speaking in Riga, opened the harbour.", "Ada opened the harbour."),
    ],
)
def test_a_shortened_or_rearranged_sentence_is_said(source: str, sentence: str) -> None:
    assert says(source, sentence)


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("Critics say that the harbour loses money.", "The harbour loses money."),
        ("The harbour loses money, critics of the plan say.", "The harbour loses money."),
        ("According to Lindqvist, the harbour loses money.", "The harbour loses money."),
        ("The mayor denied that the harbour loses money.", "The harbour loses money."),
        ("If it freezes, the harbour closes.", "The harbour closes."),
        ("The harbour closes unless the state pays for it.", "The harbour closes."),
        ("The town planned to close the harbour.", "The town closed the harbour."),
        ("The harbour could handle oil.", "The harbour handles oil."),
        ("Here, the harbour fails to pay its debts.", "The harbour fails to pay its debts."),
        ("For the purposes of the tax, the harbour is an island.", "The harbour is an island."),
        ("Some rules of the town annoyed them, restricting ferries at night.", "Ferries at night."),
        ("The harbour will open in 2026.", "The harbour opened in 2026."),
        ("The harbour does not, for lack of tanks, handle oil.", "The harbour does handle oil."),
        ("The harbour has no crane and does not handle oil.", "The harbour has no crane and does handle oil."),
    ],
)
def test_what_somebody_says_plans_denies_or_conditions_is_not_said(source: str, sentence: str) -> None:
    assert not says(source, sentence)


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("Some ferries leave at noon.", "All ferries leave at noon."),
        ("Some ferries leave at noon.", "Ferries leave at noon."),
        ("Ferries usually leave at noon.", "Ferries leave at noon."),
        ("One class of non-self molecules is dangerous.", "One class of self molecules is dangerous."),
        ("The pre-war ferries leave at noon.", "The war ferries leave at noon."),
        ("Normally, ferries leave at noon.", "Ferries leave at noon."),
        ("In small harbours, ferries leave at noon.", "Ferries leave at noon."),
        ("For the Liberals, the main loss was the harbour.", "The main loss was the harbour."),
        ("Nearly 500 ferries leave.", "500 ferries leave."),
        ("More than 500 ferries leave.", "500 ferries leave."),
        ("It is one of the largest harbours.", "It is the largest harbour."),
        ("It is the second largest harbour.", "It is the largest harbour."),
        ("The former mayor opened the harbour.", "The mayor opened the harbour."),
        ("Ferries go to Tallinn, Riga and Gdansk.", "Ferries go only to Tallinn and Riga."),
        ("The harbour was the largest.", "The harbour is the largest."),
        ("Ferries or trains carry the grain.", "Ferries and trains carry the grain."),
    ],
)
def test_what_is_weakened_counted_or_past_stays_so(source: str, sentence: str) -> None:
    assert not says(source, sentence)


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        (
            "Per, whose son had married Ada of Riga, was keen to build the harbour.",
            "Ada of Riga was keen to build the harbour.",
        ),
        ("When a ferry leaves the harbour, it pays a fee.", "A ferry pays a fee."),
        ("In Riga she has met Ada and built the harbour.", "Ada built the harbour."),
        ("She called it the old port, and planned a network.", "The old port planned a network."),
        ("The town appointed Ada and built the harbour.", "Ada built the harbour."),
        ("The law came late, taxing ships and closing the harbour.", "Ships closing the harbour."),
        ("After the fire of 1931, ten families left.", "In 1931, ten families left."),
        (
            "Trade was $95 billion and investment was $30 billion.",
            "Trade was $30 billion and investment was $95 billion.",
        ),
        ("Trade was $95 billion and investment was $30 billion.", "Trade was $30 billion."),
        ("Trade was $95 billion in 2024 and $89 billion in 2023.", "Trade was $95 billion in 2023."),
        ("The hall (1677–1683) and the mill (1688–1692) are old.", "The hall (1677–1692) is old."),
        ("Ada built the harbour and Per built the bridge.", "Ada built the bridge."),
        ("Ada taught Per at Uppsala.", "Per taught Ada at Uppsala."),
        ("Ada taught Per at Uppsala.", "Ada was taught by Per at Uppsala."),
        ("The ferry runs from Tallinn to Riga.", "The ferry runs from Riga to Tallinn."),
        ("The ferry left before the storm.", "The ferry left after the storm."),
        ("Exports fell because prices rose.", "Prices rose because exports fell."),
        ("Construction of the harbour began in 1931.", "The harbour began in 1931."),
        ("The pier is two metres high, while that in Riga is one metre high.", "That in Riga is two metres high."),
        ("It is said to be old, but the workers are poor.", "It is poor."),
        ("Ada met Per, who built the bridge.", "Ada built the bridge."),
        ("The canal differs from another way, the railway, a road of iron.", "The canal is a road of iron."),
        ("The town is home to the press, the largest in Europe.", "The town is the largest in Europe."),
        ("It is named after Ada Lindqvist, a painter from Uppsala.", "It is a painter from Uppsala."),
        ("The wars ended with the granting of a treaty, which gave them land.", "The wars gave them land."),
        ("Rust is caused by oxygen and water, which are carried by wind.", "Rust is carried by wind."),
        ("It was a costly victory: the losses were high.", "It was high."),
        ("The bridge was named after World War II.", "The bridge was named after World War."),
        ("It shows Ada Lindqvist, a judge, and Per Hansen, a painter.", "It shows Ada Lindqvist, a painter."),
        ("It shows editor Ada Lindqvist, deputy Per Hansen, painter of ships.", "Ada Lindqvist, a painter of ships."),
    ],
)
def test_words_joined_to_others_than_in_the_source_are_not_said(source: str, sentence: str) -> None:
    assert not says(source, sentence)


def test_a_word_from_elsewhere_stands_only_for_a_pronoun() -> None:
    assert says("After the war it handled grain.", "Veltmark handled grain.", "veltmark")
    assert not says("After the war Riga handled grain.", "Veltmark handled grain.", "veltmark")
    assert not says("It handled grain.", "Veltmark handled grain.")


def test_a_figure_is_the_same_however_it_is_written() -> None:
    assert says("Trade reached 94.8bn dollars last year.", "Trade reached $94.8 billion last year.")
