import pytest

from rag.contradiction import (
    borrowed_figures,
    both_negative,
    denies,
    opposes,
    oversteps,
    requalifies,
    rival_figures,
    unmatched_figures,
    withholds,
)


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("The dam has 45 gates.", "The dam has 12 gates."),
        ("Output rose 5% in 2020.", "Output rose 5% in 2019."),
        ("It cost $3 million.", "It cost €3 million."),
        ("It cost $3 million.", "It cost $3 billion."),
        ("It opened on 4 May.", "It opened on 5 May."),
    ],
)
def test_a_changed_figure_does_not_match_and_has_a_rival(sentence: str, source: str) -> None:
    missing = unmatched_figures(sentence, [source])
    assert len(missing) == 1
    assert rival_figures(missing, source) or "€" in source


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("The dam has twelve gates.", "The dam has 12 gates."),
        ("It cost nearly $95 million.", "It cost $94.8 million."),
        ("Two of the 12 gates work.", "2 gates of 12 work."),
    ],
)
def test_the_same_figure_in_other_words_matches(sentence: str, source: str) -> None:
    assert unmatched_figures(sentence, [source]) == []


def test_the_morning_is_not_the_afternoon() -> None:
    assert unmatched_figures("They vote at 5 am.", ["They vote at 5 pm."])
    assert not unmatched_figures("They vote at 5 pm.", ["They vote at 5 pm."])


def test_a_vice_president_is_no_president() -> None:
    assert requalifies("Iqbal was vice president.", "Iqbal was elected president.")
    assert requalifies("Iqbal was president.", "Iqbal was elected vice president.")
    assert not requalifies("Iqbal was vice president.", "The president named Iqbal vice president.")
    assert not requalifies("Iqbal wrote.", "Iqbal was elected vice president.")


@pytest.mark.parametrize(
    ("sentence", "source", "expected"),
    [
        ("The pump supports Windows 7.", "Version 3.2 drops support for Windows 7.", True),
        ("The pump drops support for Windows 7.", "Version 3.2 drops support for Windows 7.", False),
        ("The bank financed the dam.", "The bank refused to finance the dam.", True),
        ("The rent will rise.", "Judith asked whether the rent should rise.", True),
        ("The dam opened.", "The works stopped in May and the dam opened.", False),
        ("The war lasted until 1945.", "The war ended in 1945.", False),
    ],
)
def test_what_is_refused_or_dropped_is_not_done(sentence: str, source: str, expected: bool) -> None:
    assert withholds(sentence, source) is expected


@pytest.mark.parametrize(
    ("sentence", "source", "expected"),
    [
        ("Ada is the only engineer.", "Ada is an engineer.", True),
        ("Ada alone designed it.", "Ada designed it.", False),
        ("Ada is the only engineer.", "Ada is the sole engineer.", False),
        ("All pumps failed.", "The pumps failed.", True),
        ("It closed because the dam broke.", "The dam broke. It closed.", True),
        ("It closed because the dam broke.", "It closed, as the dam had broken.", False),
        ("Bergen has more pumps than Oslo.", "Bergen has pumps, Oslo too.", True),
        ("Bergen has more than six pumps.", "Bergen has over six pumps.", False),
        ("The pump was not repaired.", "The pump was repaired.", True),
        ("The pump was not repaired.", "Nobody repaired the pump.", False),
    ],
)
def test_what_is_said_beyond_the_source_is_seen(sentence: str, source: str, expected: bool) -> None:
    assert oversteps(sentence, source) is expected


def test_a_unit_of_measurement_is_part_of_the_figure() -> None:
    assert unmatched_figures("It is 214 miles long.", ["It is 214 kilometres long."])
    assert not unmatched_figures("It is 214 km long.", ["It is 214 kilometres long."])
    assert not unmatched_figures("It has 214 gates.", ["There are 214 old gates."])


def test_rather_than_denies_what_follows_and_two_denials_need_not_contradict() -> None:
    assert denies("It failed on safety.", "It failed on price rather than on safety.")
    assert both_negative("No camera will be installed.", "The idea of a camera was dropped.")
    assert not both_negative("A camera will be installed.", "The idea of a camera was dropped.")


def test_a_number_that_another_source_gives_of_another_thing_is_borrowed() -> None:
    others = ["Six years later it closed.", "It has six gates."]
    assert borrowed_figures("The dam has six turbines.", "The dam has three turbines.", others)
    assert not borrowed_figures("The dam has six gates.", "The dam is old.", others)
    assert not borrowed_figures("The dam has three turbines.", "The dam has three turbines.", others)


def test_an_unhedged_rounding_does_not_match() -> None:
    assert unmatched_figures("It cost $95 million.", ["It cost $94.8 million."])


@pytest.mark.parametrize(
    ("sentence", "source", "expected"),
    [
        ("The dam is not safe.", "The dam is safe.", True),
        ("The dam is safe.", "The dam isn't safe.", True),
        ("The dam is not safe.", "The dam is not safe.", False),
        ("The dam is not only safe but cheap.", "The dam is safe and cheap.", False),
        ("The dam is safe.", "The dam is safe; the bridge has no name.", False),
    ],
)
def test_a_denied_word_is_seen_on_either_side(sentence: str, source: str, expected: bool) -> None:
    assert denies(sentence, source) is expected


@pytest.mark.parametrize(
    ("sentence", "source", "expected"),
    [
        ("Exports fell.", "Exports rose.", True),
        ("Exports fell.", "Exports fell after they rose.", False),
        ("The dam lies in the north.", "The dam lies in the south.", True),
        ("The dam is wide.", "The dam is long.", False),
    ],
)
def test_opposites_are_seen(sentence: str, source: str, expected: bool) -> None:
    assert opposes(sentence, source) is expected
