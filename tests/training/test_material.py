"""The training material: what is marked as an answer, what is made into a near miss, and that no article leaks."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from index.passages import sentence_spans
from training.augment import Material, Rates, alone, keywords, near_miss, typo
from training.data import Corpus, Lexical, Passage, Question, join, label, occurrences, pack, read_lines
from training.split import Unit, part
from training.synonyms import WordNet, other_words
from training.written import FILE, MADE_UP, held_back, load_written

TEXT = "The bridge of Orlen opened in 1932. Mara Vint designed it. It is 410 metres long. Orlen lies on the Drava."


def passage(text: str = TEXT, source: str = "orlen") -> Passage:
    return Passage("Orlen", text, tuple(sentence_spans(text)), source)


def corpus() -> Corpus:
    other = passage(
        "Orlen has a market. The market of Orlen was founded by Tom Reed in 1740. It sells bread.", "market"
    )
    questions = [
        Question("1", "Who designed the bridge of Orlen in 1932?", ("Mara Vint",), "orlen", "Orlen", True),
        Question("2", "Who demolished the bridge of Orlen?", (), "orlen", "Orlen", False),
        Question("3", "Who founded the market of Orlen?", ("Tom Reed",), "market", "Orlen", True),
    ]
    return Corpus("made up", {"orlen": [passage()], "market": [other]}, questions)


@pytest.mark.parametrize(("unit", "test", "calibrate"), [("document", 0.08, 0.05), ("article", 0.14, 0.11)])
def test_every_document_has_one_part_and_each_part_has_documents(unit: Unit, test: float, calibrate: float) -> None:
    parts = [part(f"Article {i}", unit) for i in range(2000)]
    assert parts == [part(f"Article {i}", unit) for i in range(2000)]
    assert parts.count("test") / 2000 == pytest.approx(test, abs=0.03)
    assert parts.count("calibrate") / 2000 == pytest.approx(calibrate, abs=0.03)


def wordnet(folder: Path) -> WordNet:
    """Three synsets in the files of WordNet 3."""
    synsets = {
        "noun": ["00000000 06 n 02 truck 0 lorry 0 000 | a vehicle"],
        "verb": ["00000000 30 v 03 serve 0 attend_to 0 go 0 000 | to help"],
        "adj": ["00000000 00 a 02 large 0 big(p) 0 000 | not small"],
        "adv": [],
    }
    for kind, lines in synsets.items():
        (folder / f"data.{kind}").write_text("\n".join(lines))
        words = [field.split("(")[0] for field in (lines[0].split()[4::2][: int(lines[0].split()[3])] if lines else [])]
        (folder / f"index.{kind}").write_text("\n".join(f"{word} {kind[0]} 1 0 1 1 00000000" for word in words))
        (folder / f"{kind}.exc").write_text("went go" if kind == "verb" else "")
    return WordNet(folder)


def test_other_words_are_synonyms_inflected_alike(tmp_path: Path) -> None:
    net = wordnet(tmp_path)
    assert net.others("lorries") == ["trucks"]
    assert net.others("served") == ["attended to"]  # not "goed": go is irregular
    assert net.others("big") == ["large"]
    assert net.others("went") == net.others("unheard") == []
    question = "Which lorries served Orlen?"
    changed = other_words(question, net, frozenset({"served"}), random.Random(1), share=1)
    assert changed == "Which trucks served Orlen?"


def test_answers_are_whole_words_inside_one_sentence() -> None:
    found = label(passage(), ["Mara  Vint", "41", "long. Orlen"])
    assert found.gold == {1}
    assert [TEXT[a:b] for a, b in found.spans] == ["Mara Vint"]


def test_cutting_joining_and_dropping_keep_sentences_slices() -> None:
    whole = passage()
    for piece in (whole.cut(1, 2), whole.without({0}), join([whole, whole.cut(0, 0)], "Orlen")):
        assert [piece.text[a:b] for a, b in piece.sentences] == [
            sentence.strip() for sentence in [piece.text[a:b] for a, b in sentence_spans(piece.text)]
        ]


def test_a_long_document_is_packed_into_passages_of_whole_sentences() -> None:
    text = " ".join(f"Sentence number {i} is about the bridge." for i in range(100))
    passages = pack(text, "Orlen", "orlen", sentence_spans, words=50)
    assert " ".join(p.text for p in passages) == text
    assert max(len(p.text.split()) for p in passages) <= 50


@pytest.mark.parametrize("seed", range(30))
def test_a_near_miss_asks_for_what_the_passage_does_not_say(seed: int) -> None:
    question = "Who designed the bridge of Orlen in 1932?"
    changed = near_miss(question, passage(), ["Tarn Hill", "Sulmere"], random.Random(seed))
    assert changed is not None and changed != question
    asked = {word for word in changed.rstrip("?").split() if word not in question}
    assert asked and not any(word in TEXT for word in asked)


def test_an_epoch_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    made = corpus()
    material = Material(made, Lexical([p for found in made.passages.values() for p in found]), Rates())
    assert list(material.groups(1)) == list(material.groups(1))
    assert list(material.groups(1)) != list(material.groups(2))


@pytest.mark.parametrize("seed", range(10))
def test_labels_stay_true_whatever_is_cut_dropped_or_joined(seed: int) -> None:
    made = corpus()
    material = Material(
        made, Lexical([p for found in made.passages.values() for p in found]), Rates(dropped=1, near_miss=1)
    )
    answers = {answer for question in made.questions for answer in question.answers}
    for group in material.groups(seed):
        for labelled in group.passages:
            for i in labelled.gold:
                a, b = labelled.passage.sentences[i]
                assert any(answer in labelled.passage.text[a:b] for answer in answers)
            assert all(labelled.passage.text[a:b] in answers for a, b in labelled.spans)


def test_what_answers_and_what_nearly_does_are_also_read_alone_after_what_they_lean_on() -> None:
    answers, misses = alone("How long is the bridge by Mara Vint?", label(passage(), ["410 metres"]))
    text = answers.passage.text
    assert text == "Mara Vint designed it. It is 410 metres long."
    assert [text[a:b] for a, b in answers.passage.sentences] == ["It is 410 metres long."]
    assert answers.gold == {0} and [text[a:b] for a, b in answers.spans] == ["410 metres"]
    assert misses.passage.text == "Mara Vint designed it." and not misses.gold and not misses.spans


def test_typos_and_keywords_keep_most_of_the_question() -> None:
    assert keywords("Who designed the bridge of Orlen?") == "designed bridge Orlen who"
    assert sorted({*typo("Who designed it?", random.Random(3)).split()} & {"Who", "it?"}) == ["Who", "it?"]


def test_written_questions_find_their_passage_and_answer_and_are_not_trained_on_when_held_back(tmp_path: Path) -> None:
    names = [f"Page {i}" for i in range(40)]
    for corpus, file, rows in (
        ("squad2", "corpus.jsonl", []),
        ("timeqa", "corpus.jsonl", [{"id": name, "title": name, "text": f"{TEXT} Note."} for name in names]),
        ("wice", "claims.jsonl", [{"id": name, "document": "It  rained.\nOrlen \nwas wet."} for name in names]),
    ):
        (tmp_path / corpus).mkdir()
        (tmp_path / corpus / file).write_text("\n".join(json.dumps(row) for row in rows))
    asked: list[dict[str, object]] = []
    for name in names:
        asked.append(
            {"source": f"timeqa:{name}", "passage": [0, len(TEXT)], "question": "Who made it?", "answer": [36, 45]}
        )
        asked.append({"source": f"wice:{name}", "passage": [3, 25], "question": "Is it dry?", "answer": None})
    file = tmp_path / "written.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in asked))
    train = [name for name in names if part(name, "document") == "train"]
    assert 0 < len(train) < len(names)
    corpus_ = load_written(tmp_path, sentence_spans, "train", "document", file)
    assert [q.source for q in corpus_.questions] == [
        f"{c}:{n}#{s}" for n in train for c, s in (("timeqa", 0), ("wice", 3))
    ]
    assert corpus_.questions[0].answers == ("Mara Vint",) and not corpus_.questions[1].answerable
    assert [p.text for p in corpus_.passages[f"wice:{train[0]}#3"]] == ["rained. Orlen was wet."]
    held = held_back(tmp_path, file)
    assert {document.id for document in held.documents} == {f"wice:{name}" for name in names if name not in train}
    assert {example.part for example in held.examples} <= {"calibrate", "test"}


def test_answers_in_made_up_documents_stand_there_as_whole_words_once() -> None:
    texts = {f"own:{row['n']}": str(row["text"]) for row in read_lines(MADE_UP)}
    asked = [row for row in read_lines(FILE) if str(row["source"]) in texts]
    assert {row["source"] for row in asked} == set(texts)
    for row in asked:
        text, answer = texts[str(row["source"])], row["answer"]
        assert row["passage"] == [0, len(text)]
        assert not answer or occurrences(text, text[slice(*answer)]) == [tuple(answer)]  # type: ignore[misc, arg-type]
