from __future__ import annotations

import json

import pytest

from index.boilerplate import is_boilerplate
from index.sentences import sentence_spans
from tests.index.conftest import DATA, SEEDS


@pytest.mark.parametrize(
    "line",
    [
        "Get the Morning Post stories sent directly to your inbox!",
        "Sign up via the website or subscribe to our Facebook, Telegram and YouTube!",
        "Subscribe to our newsletter for weekly updates.",
        "Follow us on Twitter",
        "Please enter your comment!",
        "Please enter your name here",
        "Leave a reply",
        "Your email address will not be published. ",
        "Save my name, email, and website in this browser for the next time I comment.",
        "We use cookies to improve your experience.",
        "Accept all cookies",
        "© 2024 Example Media. All rights reserved.",
        "Share this article",
        "Click here to read more",
        "Related articles",
        "Skip to main content",
        "You must be logged in to post a comment.",
        "Journalists @New Vision",
        "#trade #railways #astana",
        "________________",
        "* * *",
        "[[1](https://www.example.org/publications/how)]",
        "https://example.org/a/b",
    ],
)
def test_furniture_of_a_page_is_marked(line: str) -> None:
    assert is_boilerplate(line)


@pytest.mark.parametrize(
    "sentence",
    [
        "Journalists met in Astana.",
        "Subscribe rates rose by 4 percent in 2023.",
        "Follow-up talks were held in Chengdu.",
        "The company sells cookies to 40 countries.",
        "Share prices fell.",
        "He told readers to follow the news on Facebook and X.",
        "Sign language is taught in 20 schools.",
        "Comments by the minister were published on Monday.",
        "Home prices rose.",
        "By 2024, you would agree, trade had doubled.",
        "The privacy policy of the bank was changed in 2019 after a long debate.",
        "Read the treaty before you sign it.",
        "#1 in the world is the gas pipeline.",
        "Trade: $94.8 billion",
        "Menu prices are set by the state.",
        "Advertisement revenue fell by half.",
        "Search engines index the page.",
        "C#",
        "5",
        "我们走了。",
    ],
)
def test_a_sentence_of_an_article_is_never_marked(sentence: str) -> None:
    assert not is_boilerplate(sentence)


def test_the_furniture_of_the_seeds_is_marked_and_nothing_else() -> None:
    marked: dict[str, list[str]] = {}
    for path in sorted(SEEDS.glob("*.txt")):
        text = path.read_text("utf-8")
        marked[path.name[:3]] = [text[a:b] for a, b in sentence_spans(text) if is_boilerplate(text[a:b])]
    assert [len(lines) for lines in marked.values()] == [2, 3, 0, 1, 2]
    assert "Please enter your comment!" in marked["004"]


def test_hardly_any_sentence_of_wikipedia_is_marked() -> None:
    path = DATA / "squad2" / "corpus.jsonl"
    if not path.is_file():
        pytest.skip(f"needs {path} (set FOOTNOTE_DATA)")
    texts = [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines()]
    found = [text[a:b] for text in texts for a, b in sentence_spans(text)]
    marked = [sentence for sentence in found if is_boilerplate(sentence)]
    assert len(marked) <= len(found) / 2000, marked
