import pytest

from rag.question import Kind, has_kind, kind_of, may_count, names, read, stems


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Who opened the dam?", Kind.PERSON),
        ("When did the dam open?", Kind.TIME),
        ("In what year did it open?", Kind.TIME),
        ("How long did the works take?", Kind.DURATION),
        ("How long is the bridge?", Kind.QUANTITY),
        ("How many turbines does it have?", Kind.QUANTITY),
        ("What percentage of power comes from it?", Kind.QUANTITY),
        ("Where is it?", Kind.PLACE),
        ("Which country paid?", Kind.PLACE),
        ("Why was it built?", Kind.REASON),
        ("Is it safe?", Kind.YES_NO),
        ("What is it called?", Kind.OTHER),
    ],
)
def test_the_kind_of_answer_is_read_from_the_question_word(text: str, kind: Kind) -> None:
    assert kind_of(text) is kind


def test_names_leave_out_question_words_and_sentence_openers() -> None:
    assert names("Did Anna Berg of the Nile Authority meet the Bank of Uganda? Engineers did.") == [
        "Anna Berg of the Nile Authority",
        "Bank of Uganda",
    ]


@pytest.mark.parametrize(
    ("text", "wants"),
    [
        ("Which countries signed it?", True),
        ("What are the three goals?", True),
        ("Name the members", True),
        ("Which road and which rail line cross it?", True),
        ("What did the six countries sign?", False),
        ("Which country signed first?", False),
    ],
)
def test_a_question_for_several_things_is_told_from_one_for_one(text: str, wants: bool) -> None:
    assert read(text).wants_list is wants


def test_a_sentence_without_a_figure_cannot_say_how_many() -> None:
    assert has_kind("It has 62 turbines.", Kind.QUANTITY)
    assert not has_kind("It opened in 1999.", Kind.QUANTITY)
    assert has_kind("It opened in 1999.", Kind.TIME)
    assert not has_kind("It opened with music.", Kind.TIME)


def test_stems_join_the_forms_of_a_word_and_leave_out_function_words() -> None:
    assert stems("the trading of traders") >= stems("trade")
    assert stems("of the and") == frozenset()


def test_dates_money_and_stretches_of_time_count_no_things() -> None:
    assert may_count("It serves 20 cities.", "cities")
    assert may_count("Several cities are served.", "cities")
    assert not may_count("Major centres follow within three years.", "cities")
    assert may_count("Major centres follow within three years.", "years")
    assert may_count("Major centres follow within three years.", "")
