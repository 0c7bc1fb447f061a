"""The commands as a person types them, over a small set with real parts."""

import argparse
import json
from pathlib import Path

import pytest

from evals import __main__ as commands
from evals import asking, run
from tests.evals.conftest import BRIDGE, FERRY
from tests.evals.samples import RIGHT, WRONG, example, row, run_with


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for runs and indexes, so that a test leaves nothing in the checkout."""
    monkeypatch.setattr(asking, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(asking, "CORPORA", tmp_path / "corpora")
    monkeypatch.setattr(commands, "RUNS", tmp_path / "runs")
    return tmp_path


@pytest.fixture
def small_set(tmp_path: Path) -> Path:
    """Two documents and four questions as JSON lines."""
    folder = tmp_path / "small"
    folder.mkdir()
    documents = [
        {"id": "bridge#0", "title": "The Mirow Bridge", "text": BRIDGE},
        {"id": "ferry/1", "title": "The Ferry at Mirow", "text": FERRY},
    ]
    asked = [
        {
            "id": "1",
            "question": "Who opened the Mirow Bridge?",
            "answers": ["Ada Lenz"],
            "answerable": True,
            "doc_ids": ["bridge#0"],
        },
        {
            "id": "2",
            "question": "When did the ferry sink?",
            "answers": ["1929"],
            "answerable": True,
            "doc_ids": ["ferry/1"],
        },
        {"id": "3", "question": "Which airline flies to Tokyo?", "answers": [], "answerable": False, "doc_ids": []},
    ]
    for name, rows in (("corpus", documents), ("questions", [{**each, "source_doc": "bridge#0"} for each in asked])):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(each) + "\n" for each in rows))
    return folder


def test_a_set_is_asked_of_everyone_and_the_report_written(
    home: Path, small_set: Path, capsys: pytest.CaptureFixture[str]
):
    assert commands.main(["jsonl", str(small_set)]) == 0
    printed = capsys.readouterr().out
    for name in ("Footnote", "oracle", "liar", "BM25 only", "dense only", "always abstain", "small: retrieval"):
        assert name in printed
    made = run.latest(home / "runs")
    assert (made.folder / "report.html").exists()
    oracle = [each for each in made.rows() if each.answerer == "oracle"]
    assert [str(each.outcome) for each in oracle] == ["right", "right", "abstained"]
    assert str(home) not in made.meta["command"]
    assert commands.main(["show"]) == 0
    assert "small: answers" in capsys.readouterr().out


def test_a_finished_run_is_resumed_without_asking_again(
    home: Path, small_set: Path, capsys: pytest.CaptureFixture[str]
):
    commands.main(["jsonl", str(small_set), "--no-baselines", "--given-paragraph"])
    before = run.latest(home / "runs")
    assert before.meta["set"] == "small-given"
    rows = before.rows()
    assert commands.main(["jsonl", str(small_set), "--no-baselines", "--given-paragraph", "--resume", "latest"]) == 0
    assert run.latest(home / "runs").rows() == rows
    assert all(q.document_id.startswith("bridge") for each in rows for claim in each.claims for q in claim.quotes)
    capsys.readouterr()


def test_another_set_cannot_resume_a_run(home: Path, small_set: Path, capsys: pytest.CaptureFixture[str]):
    commands.main(["jsonl", str(small_set), "--no-baselines"])
    assert commands.main(["jsonl", str(small_set), "--no-baselines", "--limit", "1", "--resume", "latest"]) == 2
    assert "asked other questions" in capsys.readouterr().err


def test_two_runs_are_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    one = run_with(tmp_path / "one", [example("a")], [row("a", WRONG)])
    two = run_with(tmp_path / "two", [example("a")], [row("a", RIGHT)])
    assert commands.main(["compare", str(one.folder), str(two.folder)]) == 0
    assert "+1.000" in capsys.readouterr().out


def test_questions_are_drafted_for_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "bridge.txt").write_text(BRIDGE)
    out = tmp_path / "questions.jsonl"
    assert commands.main(["draft", str(tmp_path / "docs"), "--all", "--out", str(out)]) == 0
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert {"question", "answers", "answerable", "doc_ids"} <= rows[0].keys()
    assert not [path for path in tmp_path.iterdir() if path.name not in ("docs", "questions.jsonl")]
    assert "read them" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["jsonl", "nowhere"], "nowhere does not exist"),
        (["compare", "nowhere", "nowhere"], "holds no run"),
        (["seeds", "--part", "middle"], "no question of the part 'middle'"),
        (["draft", "nowhere"], "nowhere"),
    ],
)
def test_a_mistake_is_a_sentence_and_no_traceback(
    words: list[str], said: str, home: Path, capsys: pytest.CaptureFixture[str]
):
    assert commands.main(words) == 2
    assert said in capsys.readouterr().err


def test_without_a_command_the_seeds_are_asked():
    assert commands.with_default([]) == ["seeds"]
    assert commands.with_default(["--limit", "3"]) == ["seeds", "--limit", "3"]
    assert commands.with_default(["gate"]) == ["gate"]
    assert commands.with_default(["--help"]) == ["--help"]


def test_every_command_and_option_is_documented():
    told = (Path(commands.__file__).parent / "README.md").read_text("utf-8")
    words = {
        word for action in every_action(commands.parser()) for word in (*action.option_strings, *(action.choices or ()))
    }
    assert len(words) > 20
    assert [
        word for word in sorted(words - {"-h", "--help"}) if f"`{word}" not in told and f" {word}" not in told
    ] == []


def every_action(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    inner = [each for action in parser._actions if isinstance(action.choices, dict) for each in action.choices.values()]
    return [*parser._actions, *(action for each in inner for action in every_action(each))]
