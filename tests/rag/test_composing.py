from index.documents import Document
from index.passages import split
from rag.answer import Status, Verdict
from rag.composing import Composer, claim, conflicting_citations, marked
from tests.rag.made import evidence

TEXT = "The port handled 4.2 million tonnes. It opened in 1931."


def test_citations_are_numbered_in_order_of_first_use_and_one_quote_has_one_number() -> None:
    first, second = evidence(TEXT)
    composer = Composer()
    composer.add(claim("One.", [second], Verdict.SUPPORTED))
    composer.add(claim("Two.", [first, second], Verdict.PARTLY))
    answer = composer.answer(
        question="q", asked="q", gaps=[], confidence=0.5, passages=(), drafter="x", timings_ms={}, notices=[]
    )
    assert answer.text == "One. [1] Two. (partly supported) [2][1]"
    assert [(quote.number, quote.quote) for quote in answer.citations] == [
        (1, "It opened in 1931."),
        (2, "The port handled 4.2 million tonnes."),
    ]


def test_a_gap_makes_the_answer_partial_and_is_said() -> None:
    composer = Composer()
    composer.add(claim("One.", evidence(TEXT)[:1], Verdict.SUPPORTED))
    answer = composer.answer(
        question="q", asked="q", gaps=["Not B."], confidence=0.5, passages=(), drafter="x", timings_ms={}, notices=[]
    )
    assert answer.status is Status.PARTIAL
    assert answer.text.endswith("Not B.")


def test_the_highlight_is_the_answer_inside_the_claim() -> None:
    item = evidence(TEXT, answer="4.2 million tonnes")[0]
    made = claim(item.sentence.text, [item], Verdict.SUPPORTED)
    assert [made.text[start:end] for start, end in made.highlights] == ["4.2 million tonnes"]
    assert marked(made) == "The port handled 4.2 million tonnes. [1]"


def test_two_figures_of_one_kind_from_two_documents_are_a_conflict() -> None:
    one = evidence("It handled 4.2 million tonnes.", document_id="a.txt", answer="4.2 million")
    other = evidence("It handled 3.9 million tonnes.", document_id="b.txt", answer="3.9 million")
    composer = Composer()
    claims = [composer.add(claim(i.sentence.text, [i], Verdict.SUPPORTED)) for i in [*one, *other]]
    assert conflicting_citations(claims) == ((1, 2),)
    assert conflicting_citations(claims[:1]) == ()


def test_a_quote_names_the_page_that_it_starts_on() -> None:
    text = "The dam is old. It has twelve gates."
    document = Document("a.pdf", text, "0" * 64, "A report", pages=(0, text.index("It")))
    pages = [(passage.page, sentence.text) for passage in split(document) for sentence in passage.sentences]
    assert pages == [(1, "The dam is old."), (2, "It has twelve gates.")]


def test_what_the_documents_do_not_say_is_struck_through_in_every_text_of_the_answer() -> None:
    (item,) = evidence("It opened in 1931.")
    assert marked(claim("It opened in 1935.", [item], Verdict.CONTRADICTED)) == (
        "~~It opened in 1935.~~ (contradicted) [1]"
    )
    assert marked(claim("It is blue.", [], Verdict.UNSUPPORTED)) == "~~It is blue.~~ (not supported)"
