from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest

from rag import Answer, Citation, Claim, Footnote, ScoredPassage, Status, Verdict
from rag.export import WORDS, made_with, to_html, to_json, to_markdown
from tests.rag.made import passage

HOSTILE = "<script>alert(1)</script> [x](javascript:alert(1)) ![y](http://evil.example/p.png) `a` | b\n# Boo & \"'"


def quoted(text: str) -> Citation:
    return Citation(1, "a.txt", text, "Daily", date(2024, 5, 4), 3, 3 + len(text), text, 2, "ab" * 32)


def made(text: str = "Trade grew to 94.8 billion.", verdict: Verdict = Verdict.SUPPORTED) -> Answer:
    quote = quoted(text)
    scored = ScoredPassage(passage(text, document_id="a|b.txt"), 0.75, 0.5, 3.25)
    return Answer(
        text=f"{text} [1]",
        claims=(Claim(text, (quote,), verdict),),
        citations=(quote,),
        status=Status.ANSWERED,
        confidence=0.91,
        question=text,
        asked=f"And {text}",
        passages=(scored,),
        drafter=f"ollama:{text}",
        notices=(text,),
    )


class Tags(HTMLParser):
    """Collects the tags and attributes of a page and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def read(page: str) -> Tags:
    tags = Tags()
    tags.feed(page)
    return tags


def test_an_answer_comes_back_from_its_json(seeds: Footnote) -> None:
    answer = seeds.ask("How much was China-Central Asia trade in 2024?")
    assert Answer.from_dict(json.loads(to_json(answer))) == answer


def test_json_says_which_model_and_versions_made_it() -> None:
    saved = json.loads(to_json(made()))["made_with"]
    assert saved == made_with(made())
    assert saved["model"] == "ollama:Trade grew to 94.8 billion."
    assert saved["packages"]["chromadb"]


@pytest.mark.parametrize("write", [to_json, to_markdown, to_html])
def test_every_form_holds_question_quotes_places_hashes_scores_and_model(seeds: Footnote, write) -> None:
    answer = seeds.ask("How much was China-Central Asia trade in 2024?")
    text = re.sub(r"\\(.)", r"\1", write(answer)) if write is to_markdown else write(answer)
    shown = read(text).text if write is to_html else text
    quote = answer.citations[0]
    for part in (answer.asked, quote.document_id, quote.sha256, "extractive"):
        assert part in shown
    assert " ".join(quote.quote.split()) in " ".join(shown.replace("\\n", " ").split()) or write is to_json
    assert str(quote.start) in shown
    assert answer.passages[0].passage.document_id in shown


def test_a_hostile_document_cannot_act_in_html() -> None:
    page = read(to_html(made(HOSTILE)))
    assert "script" not in page.tags
    assert "img" not in page.tags
    assert {value for name, value in page.attributes if name == "href"} == {"#quote-1"}
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert "<script>alert(1)</script>" in page.text


def test_the_page_needs_no_other_file_and_runs_nothing() -> None:
    page = to_html(made())
    assert "default-src 'none'" in page.replace("&#x27;", "'")
    assert not re.findall(r"(?:src|href)=\"(?!#)", page)


def test_a_hostile_document_cannot_act_in_markdown() -> None:
    text = to_markdown(made(HOSTILE))
    bare = re.sub(r"\\[\\`*_{}\[\]<>#|!~$&]", "", text)
    assert not re.search(r"[<>`\[\]]", bare.replace("> ", ""))
    assert all(line.startswith(("#", "##")) is line.startswith(("# ", "## ")) for line in text.splitlines())
    assert sum(line.startswith("#") for line in text.splitlines()) == 3


def test_a_list_keeps_its_lines() -> None:
    answer = made("It has:\n- a gate\n- a lock")
    assert "It has:  \n\\- a gate  \n\\- a lock" in to_markdown(answer)
    assert "It has:\n- a gate\n- a lock" in read(to_html(answer)).text
    assert ("class", "lined") in read(to_html(answer)).attributes


CODE = "A handler is a function:\n\n```python\ndef handle(event):\n\tif event:\n        return 1\n\n    return 0\n```"


@pytest.mark.parametrize("verdict", list(Verdict))
def test_code_stands_in_markdown_as_it_is(verdict: Verdict) -> None:
    text = to_markdown(replace(made(), claims=(Claim(CODE, (quoted(CODE),), verdict),), citations=(quoted(CODE),)))
    assert text.count(f"\n\n````\n{CODE}\n````\n\n") == 2
    assert (f"({WORDS[verdict]})" in text) is (verdict is not Verdict.SUPPORTED)
    assert text.count("\\[1\\]") == 1


def test_a_list_within_a_list_keeps_its_levels() -> None:
    text = to_markdown(made("It has:\n- a gate\n  - a lock"))
    assert text.count("```\nIt has:\n- a gate\n  - a lock\n```") == 2


def test_hostile_code_does_not_leave_its_block() -> None:
    code = f"Run:\n\n```\n  {HOSTILE}\n`````\r# Boo\n~~~\n```"
    text = to_markdown(replace(made(), claims=(Claim(code, (quoted(code),), Verdict.SUPPORTED),)))
    opening, closing = [at for at, line in enumerate(text.splitlines()) if line == "``````"]
    inside = text.splitlines()[opening + 1 : closing]
    assert inside == code.splitlines()


def test_a_sentence_that_does_not_stand_is_struck_through() -> None:
    text = "Trade fell."
    assert "~~Trade fell.~~" in to_markdown(made(text, Verdict.CONTRADICTED))
    assert "s" in read(to_html(made(text, Verdict.UNSUPPORTED))).tags
    assert "partly supported" in to_markdown(made(text, Verdict.PARTLY))
    assert "~~" not in to_markdown(made(text, Verdict.SUPPORTED))


def test_numbers_are_those_of_the_answer(seeds: Footnote) -> None:
    answer = seeds.ask("How much was China-Central Asia trade in 2024?")
    numbers = [str(quote.number) for quote in answer.citations]
    assert re.findall(r'<li value="(\d+)"', to_html(answer)) == numbers
    assert re.findall(r"^(\d+)\. ", to_markdown(answer), flags=re.MULTILINE) == numbers


def test_an_abstention_shows_its_words(seeds: Footnote) -> None:
    answer = replace(made(), claims=(), status=Status.ABSTAINED, text="The documents do not say it.")
    assert "The documents do not say it." in to_markdown(answer)
    assert "## Nearest passages" in to_markdown(answer)
    assert "The documents do not say it." in read(to_html(answer)).text
