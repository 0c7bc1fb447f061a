import pytest

from rag.question import (
    Kind,
    absent_names,
    has_kind,
    kind_of,
    may_count,
    may_date,
    may_measure,
    may_name,
    may_number,
    names,
    read,
    stems,
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Who opened the dam?", Kind.PERSON),
        ("When did the dam open?", Kind.TIME),
        ("In what year did it open?", Kind.TIME),
        ("How long did the works take?", Kind.DURATION),
        ("How long is the bridge?", Kind.DURATION),
        ("How many turbines does it have?", Kind.QUANTITY),
        ("What percentage of power comes from it?", Kind.QUANTITY),
        ("Where is it?", Kind.PLACE),
        ("Which country paid?", Kind.PLACE),
        ("Why was it built?", Kind.REASON),
        ("Is it safe?", Kind.YES_NO),
        ("May I sublet it?", Kind.YES_NO),
        ("How do I make it?", Kind.MANNER),
        ("How far behind schedule is it?", Kind.QUANTITY),
        ("What is it called?", Kind.OTHER),
        ("What does a cell release when it divides?", Kind.OTHER),
        ("When a cell divides, what is released?", Kind.OTHER),
        ("What does the engineer who built it own?", Kind.OTHER),
        ("Was it safe when the dam broke?", Kind.YES_NO),
        ("Do you know when it opened?", Kind.TIME),
        ("It opened when?", Kind.TIME),
        ("Find the $ value paid to Acme?", Kind.QUANTITY),
        ("Give the exact date of the opening.", Kind.TIME),
    ],
)
def test_the_kind_of_answer_is_read_from_the_question_word(text: str, kind: Kind) -> None:
    assert kind_of(text) is kind


def test_names_leave_out_question_words_and_sentence_openers() -> None:
    assert names("A scan takes four minutes. NASA paid.") == ["NASA"]
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
    assert has_kind("The coach leaves at 8.15 from the gate.", Kind.TIME)
    assert has_kind("It is returned within ten working days.", Kind.TIME)
    assert not has_kind("It stood at 8.15 percent of sales.", Kind.TIME)
    assert has_kind("It is 214 kilometres long.", Kind.DURATION)
    assert has_kind("It took three days.", Kind.DURATION)
    assert not has_kind("It cost 214 crowns.", Kind.DURATION)
    assert not has_kind("It opened with music.", Kind.TIME)


def test_which_countries_is_answered_by_names_that_the_question_does_not_have() -> None:
    asked = read("which countries make up Central Asia?")
    assert may_name("It was signed by Kazakhstan and Uzbekistan.", asked)
    assert not may_name("Central Asia trades with China in a China-Central Asian way.", asked)
    assert may_name("Central Asia trades.", read("What does Central Asia do?"))


@pytest.mark.parametrize(
    ("question", "absent"),
    [
        ("How large is Uzbekistan?", []),
        ("Which city do most Uzbeks live in?", []),
        ("How large is Mongolia?", ["Mongolia"]),
        ("What did Anna Berg say of Tashkent in Sep 1932?", ["Anna Berg"]),
        ("When did the WHO come?", []),
    ],
)
def test_a_name_is_absent_when_the_text_has_no_form_of_any_of_its_words(question: str, absent: list[str]) -> None:
    assert absent_names(read(question), "Tashkent is the capital of Uzbekistan.") == absent


def test_stems_join_the_forms_of_a_word_and_leave_out_function_words() -> None:
    assert stems("the trading of traders") >= stems("trade")
    assert stems("of the and") == frozenset()


def test_dates_money_and_stretches_of_time_count_no_things() -> None:
    assert may_count("It serves 20 cities.", "cities")
    assert may_count("Several cities are served.", "cities")
    assert not may_count("Major centres follow within three years.", "cities")
    assert may_count("Major centres follow within three years.", "years")
    assert may_count("Major centres follow within three years.", "")


@pytest.mark.parametrize(
    ("question", "yes", "no"),
    [
        ("How wide is the gauge?", "The gauge is 1,520 mm.", "The gauge was chosen in 1935."),
        ("How heavy is the bell?", "It weighs 4 tonnes.", "It rings 4 times a day."),
        ("How old is the mayor?", "The mayor, 52 years old, resigned.", "The mayor has 3 deputies."),
        ("How hot is the spring?", "The water has 41 °C.", "The spring draws 41 visitors a day."),
    ],
)
def test_how_wide_is_answered_by_a_unit_of_that(question: str, yes: str, no: str) -> None:
    measured = read(question).measured
    assert (may_measure(yes, measured), may_measure(no, measured)) == (True, False)
    assert may_measure(no, read("How big is it?").measured)


def test_few_words_explain_neither_why_nor_how() -> None:
    assert not has_kind("Serves 4.", Kind.MANNER)
    assert has_kind("Chop the onion finely.", Kind.MANNER)
    assert read("How far behind schedule is it?").measured == ""


def test_a_person_may_be_named_by_an_office() -> None:
    assert has_kind("Repairs are paid by the tenant.", Kind.PERSON)
    assert has_kind("Your line manager approves it.", Kind.PERSON)
    assert not has_kind("It is approved within two days.", Kind.PERSON)


@pytest.mark.parametrize(
    "text",
    [
        "Do I need a note if I'm ill in Oslo?",
        "Isn't Oslo cold?",
        "What’s Oslo's flag?",
        "Compare Oslo with it.",
        "¿Cuántas personas viven en Oslo?",
    ],
)
def test_how_a_question_opens_is_no_name(text: str) -> None:
    assert [name.removesuffix("'s") for name in names(text)] == ["Oslo"]


@pytest.mark.parametrize("text", ["I’m", "don't", "dont", "we're", "Can't", "isn’t", "they've", "who'd"])
def test_contractions_are_function_words(text: str) -> None:
    assert stems(text) == frozenset()


def test_what_year_asks_for_a_year() -> None:
    assert may_date("It opened in 1999.", "What year did it open?")
    assert may_date("It opened a year after the war.", "In which year did it open?")
    assert not may_date("It opened last May.", "In what year did it open?")
    assert may_date("It opened last May.", "When did it open?")


def test_a_version_is_met_as_a_whole() -> None:
    title, under = "PumpKit 3.2 release notes", "PumpKit 3.2.1 release notes"
    patched, dark = read("When was 3.2.1 released?"), read("What is new in PumpKit 3.2?")
    assert may_number("PumpKit 3.2.1 was released in June.", title, patched)
    assert may_number("It was released in June.", under, patched)
    assert not may_number("PumpKit 3.2 was released in May.", f"{title} 3.2.1", patched)
    assert not may_number("It was released in May.", title, patched)
    assert may_number("A dark theme is new.", title, dark)
    assert not may_number("A dark theme is new in 3.2.1.", title, dark)
    assert not may_number("It opened in 2.1.", "", read("What did v2 open?"))
    assert may_number("It has 3,200,000 people.", "", read("Which town has 3.2 million people?"))
