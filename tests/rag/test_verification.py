from dataclasses import replace

import pytest

from rag.answer import Verdict
from rag.evidence import Evidence
from rag.verification import Checked, said_whole, verify_sentence
from tests.rag.made import evidence

REPORT = (
    "The harbour of Veltmark opened in 1931. It was designed by Ada Lindqvist, an engineer from Uppsala. "
    "In 2019 the harbour handled 4.2 million tonnes of grain, more than any other port of the region. "
    "The harbour does not handle oil. A ferry to Tallinn leaves at noon."
)


def check(sentence: str) -> Checked:
    return verify_sentence(sentence, evidence(REPORT), lambda item: item.passage.text)


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("The harbour of Veltmark opened in 1931.", Verdict.SUPPORTED),
        ("Veltmark's harbour handled 4.2 million tonnes of grain in 2019.", Verdict.SUPPORTED),
        ("Ada Lindqvist, an engineer from Uppsala, designed it.", Verdict.SUPPORTED),
        ("The harbour of Veltmark opened in 1935.", Verdict.CONTRADICTED),
        ("In 2019 the harbour handled 5.1 million tonnes of grain.", Verdict.CONTRADICTED),
        ("The harbour of Veltmark did not open in 1931.", Verdict.CONTRADICTED),
        ("In 2019 the harbour handled 4.2 million tonnes of grain, less than any other port.", Verdict.CONTRADICTED),
        ("The harbour was designed by Erik Holm.", Verdict.UNSUPPORTED),
        ("Tallinn was designed by Ada Lindqvist.", Verdict.PARTLY),
        ("The moon is made of cheese.", Verdict.UNSUPPORTED),
    ],
)
def test_a_sentence_gets_the_verdict_a_reader_would_give(sentence: str, verdict: Verdict) -> None:
    assert check(sentence).verdict is verdict


@pytest.mark.parametrize(
    ("sentence", "source", "verdict"),
    [
        ("Subletting is forbidden.", "Subletting needs the owner's written consent.", Verdict.PARTLY),
        ("The treaty was cancelled.", "The treaty was signed in Astana.", Verdict.UNSUPPORTED),
        ("The company was founded in Berlin.", "The company has its headquarters in Berlin.", Verdict.PARTLY),
        ("Costs rose by ten percent.", "Expenses increased by 10 percent in 2023.", Verdict.SUPPORTED),
        (
            "Lantern Week, held each November, attracts thousands of tourists from abroad.",
            "The best-known festival is Lantern Week, held each November, when paper boats are set on the river.",
            Verdict.PARTLY,
        ),
        (
            "Fares rose because the company had dropped hydrogen.",
            "The company dropped hydrogen in May, when fares rose by 3 percent.",
            Verdict.PARTLY,
        ),
    ],
)
def test_words_that_no_document_has_are_not_supported(sentence: str, source: str, verdict: Verdict) -> None:
    assert verify_sentence(sentence, evidence(source), lambda item: item.passage.text).verdict is verdict


MAIL = "Tom thinks that Mill Lane is better. Marta prefers Canal Street because of the parking. The board did not meet."


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("Marta prefers Canal Street.", Verdict.SUPPORTED),
        ("Tom prefers Canal Street.", Verdict.PARTLY),
        ("Marta thinks that Mill Lane is better.", Verdict.PARTLY),
        ("The board prefers Canal Street.", Verdict.PARTLY),
    ],
)
def test_what_is_said_of_one_is_not_supported_of_another(sentence: str, verdict: Verdict) -> None:
    assert verify_sentence(sentence, evidence(MAIL), lambda item: item.passage.text).verdict is verdict


def test_the_support_is_found_without_any_marker() -> None:
    found = check("4.2 million tonnes of grain were handled in 2019.")
    assert "4.2 million tonnes" in found.evidence[0].sentence.text


def test_without_candidates_nothing_is_supported() -> None:
    nothing: list[Evidence] = []
    assert verify_sentence("Anything.", nothing, lambda item: "") == Checked(Verdict.UNSUPPORTED, (), 0.0)


@pytest.mark.parametrize(
    ("sentence", "whole"),
    [
        ("The harbour of Veltmark opened in 1931.", True),
        ("According to the sources, the harbour opened in 1931.", True),
        ("In 1931 the harbour opened.", True),
        ("1931", False),  # says nothing
        ("The two things that opened are:", False),
        ("The harbour of Veltmark opened for ships in 1931.", False),  # "ships" is not said
        ("The harbour of the harbour opened in 1931.", False),
        ("It opened 1931 Veltmark of harbour.", False),
    ],
)
def test_what_a_model_writes_must_be_said_by_one_sentence_in_its_order(sentence: str, whole: bool) -> None:
    assert said_whole(sentence, evidence("The harbour of Veltmark opened in 1931.")) is whole


def test_the_quote_itself_says_it_and_not_only_the_sentence_before() -> None:
    first, second = evidence("The harbour of Veltmark opened in 1931. It is 410 metres long.")
    quoted = replace(second, context=first.sentence.text)
    assert said_whole("The harbour of Veltmark is 410 metres long.", [quoted])
    assert not said_whole("The harbour of Veltmark opened in 1931.", [quoted])


def test_a_piece_of_a_sentence_is_not_supported_by_being_in_it() -> None:
    said = evidence("Critics denied that the harbour of Veltmark opened in 1931.")
    checked = verify_sentence("The harbour of Veltmark opened in 1931.", said, lambda item: item.passage.text)
    assert checked.verdict is not Verdict.SUPPORTED


@pytest.mark.parametrize(
    "sentence",
    [
        "In 2019 the harbour handled 4.2 million tonnes of coal, more than any other port of the region.",
        "In 2019 the harbour could handle 4.2 million tonnes of grain, more than any other port of the region.",
        "In 2019 the harbour handled nearly all of 4.2 million tonnes of grain, more than any port of the region.",
    ],
)
def test_a_copy_with_one_word_changed_is_only_partly_supported(sentence: str) -> None:
    assert check(sentence).verdict is Verdict.PARTLY


def test_he_is_the_one_the_sentence_before_is_about() -> None:
    first, second = evidence("Ada Lindqvist knew Erik Holm. She designed the harbour in 1929.")
    quoted = replace(second, context=first.sentence.text)
    assert said_whole("Ada Lindqvist designed the harbour in 1929.", [quoted])
    assert not said_whole("Erik Holm designed the harbour in 1929.", [quoted])
