from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rag import Answer, Footnote, Status, Verdict
from rag.__main__ import main
from rag.check import check
from rag.composing import marked
from rag.export import to_json

REPORT = (
    "Harbour report\n\nThe harbour of Veltmark opened in 1931. It was designed by Ada Lindqvist, an engineer from "
    "Uppsala.\n\nIn 2019 the harbour handled 4.2 million tonnes of grain.\n"
)
QUESTION = "Who designed the harbour of Veltmark?"


@pytest.fixture
def harbour(tmp_path: Path) -> Footnote:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "report.txt").write_text(REPORT, "utf-8")
    (tmp_path / "docs" / "other.txt").write_text("The mill of Osterby closed in 1950.\n", "utf-8")
    return Footnote.open(tmp_path / "docs", tmp_path / "index")


def saved(footnote: Footnote) -> Answer:
    answer = footnote.ask(QUESTION)
    assert answer.claims
    return Answer.from_dict(json.loads(to_json(answer)))


def change(footnote: Footnote, text: str | None) -> None:
    path = Path(footnote.settings.source_dir) / "report.txt"
    if text is None:
        path.unlink()
    else:
        path.write_text(text, "utf-8")


def test_an_answer_over_unchanged_files_stands(harbour: Footnote) -> None:
    report = check(saved(harbour), harbour)
    assert report.ok
    assert report.changes == ()


CODE = (
    "# Handlers\n\nA handler is defined as a function in Python:\n\n```python\ndef handle(event):\n"
    "    if event is None:\n        return 1\n    return 0\n```\n\nHandlers are tested nightly.\n"
)


def test_a_piece_of_code_with_the_sentence_that_announces_it_stands(harbour: Footnote) -> None:
    (Path(harbour.settings.source_dir) / "guide.md").write_text(CODE, "utf-8")
    answer = harbour.ask("How is a handler defined?")
    assert "return 1" in answer.claims[0].text
    assert check(answer, harbour).changes == ()


def test_a_quote_that_moved_is_found_again(harbour: Footnote) -> None:
    answer = saved(harbour)
    change(harbour, "A new first line.\n\n" + REPORT)
    report = check(answer, harbour)
    assert report.ok
    quote = answer.citations[0]
    assert f"Quote [1] moved in report.txt, from {quote.start} to {quote.start + 19}." in report.changes
    assert any("changed since the answer" in line for line in report.changes)


def test_a_quote_that_vanished_fails_the_check(harbour: Footnote) -> None:
    answer = saved(harbour)
    change(harbour, REPORT.replace("Ada Lindqvist, an engineer from Uppsala", "Olga Berg"))
    report = check(answer, harbour)
    assert not report.ok
    assert any("no longer in report.txt" in line for line in report.changes)
    assert any("was supported and is" in line for line in report.changes)


def test_a_file_that_is_gone_fails_the_check(harbour: Footnote) -> None:
    answer = saved(harbour)
    change(harbour, None)
    report = check(answer, harbour)
    assert not report.ok
    assert "report.txt is no longer in the folder." in report.changes


def test_a_verdict_that_was_forged_is_noticed(harbour: Footnote) -> None:
    data = json.loads(to_json(saved(harbour)))
    data["claims"][0]["text"] = "It was designed by Olga Berg, an engineer from Uppsala."
    report = check(Answer.from_dict(data), harbour)
    assert not report.ok
    assert any(Verdict.SUPPORTED.value in line for line in report.changes)


def forge(data: dict[str, Any], *path: str | int, to: str) -> Answer:
    *way, last = path
    part: Any = data
    for key in way:
        part = part[key]
    assert part[last] != to
    part[last] = to
    return Answer.from_dict(data)


@pytest.mark.parametrize("added", ["It was opened by Olga Berg.", "It was closed in 2020.", "It was never finished."])
def test_a_sentence_added_to_a_claim_is_noticed(harbour: Footnote, added: str) -> None:
    answer = saved(harbour)
    claim = replace(answer.claims[0], text=f"{answer.claims[0].text} {added}")
    forged = replace(answer, claims=(claim, *answer.claims[1:]))
    forged = replace(forged, text=" ".join(map(marked, forged.claims)))
    (said,) = check(forged, harbour).changes
    assert "was supported and is" in said


def test_a_text_that_was_forged_is_noticed(harbour: Footnote) -> None:
    data = json.loads(to_json(saved(harbour)))
    report = check(forge(data, "text", to="It was designed by Olga Berg. [1]"), harbour)
    assert not report.ok
    assert report.changes == ("The text of the answer is not what its claims say.",)


@pytest.mark.parametrize(("name", "to"), [("quote", "It was designed by Olga Berg."), ("title", "The Times")])
def test_a_quote_of_a_claim_that_was_forged_is_noticed(harbour: Footnote, name: str, to: str) -> None:
    data = json.loads(to_json(saved(harbour)))
    report = check(forge(data, "claims", 0, "citations", 0, name, to=to), harbour)
    assert not report.ok
    (said,) = report.changes
    assert said == f"Quote [1] of “{data['claims'][0]['text']}” is not the answer's quote [1]."


def test_what_a_partial_answer_lacks_belongs_to_its_text(harbour: Footnote) -> None:
    answer = harbour.ask("Who designed the harbour of Veltmark, and who painted the Mona Lisa?")
    assert answer.status is Status.PARTIAL
    assert check(answer, harbour).ok
    assert not check(replace(answer, text=f"{answer.text} Ada Lindqvist did."), harbour).ok
    assert not check(replace(answer, text=answer.text.removesuffix(f" {answer.notices[-1]}")), harbour).ok
    assert not check(replace(answer, text="Olga Berg.", status=Status.ABSTAINED), harbour).ok


def test_an_abstention_stands(harbour: Footnote) -> None:
    answer = harbour.ask("Who painted the Mona Lisa?")
    assert answer.status is Status.ABSTAINED
    assert check(answer, harbour).ok


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["check"], "no file to check: name one after the word"),
        (["verify"], "no file to verify: name one after the word"),
        (["Who?", "--after", "soon"], "--after: soon is not a day"),
        (["Who?", "--source", ""], "--source: invalid folder value: ''"),
    ],
)
def test_a_wrong_call_is_said_and_exit_code_two(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code: object = main(["--index", str(tmp_path / "index"), *words])
    except SystemExit as ended:
        code = ended.code
    assert code == 2
    assert said in capsys.readouterr().err


def test_the_command_checks_a_saved_file(harbour: Footnote, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "answer.json"
    path.write_text(to_json(saved(harbour)), "utf-8")
    harbour.close()
    where = ["--source", str(tmp_path / "docs"), "--index", str(tmp_path / "index")]
    assert main(["check", str(path), *where]) == 0
    (tmp_path / "docs" / "report.txt").unlink()
    assert main(["check", str(path), *where]) == 1
    assert "report.txt" in capsys.readouterr().out
