from collections.abc import Sequence

from evals.datasets import LabelledClaim, SetDocument
from evals.judging import check, claim_verdict, verifier
from rag.answer import Verdict

PAGE = "The Mirow Bridge was opened in 1931 by Governor Ada Lenz.\nIt is 412 metres long and cost $3.5 million."


def wants(*words: str):
    """A judge for whom a sentence is supported when the quotes together have all of `words`."""

    def judge(_: str, quotes: Sequence[str]) -> bool:
        return all(word in " ".join(quotes) for word in words)

    return judge


def test_a_sentence_without_quotes_is_not_supported_and_the_judge_is_not_asked():
    def never(_: str, __: Sequence[str]) -> bool:
        raise AssertionError("asked about nothing")

    assert not check(never, "It cost $5.", []).supported


def test_each_quote_is_judged_alone_and_left_out():
    found = check(wants("a", "b"), "s", ["a b", "b", "x"])
    assert found.supported
    assert found.alone == (True, False, False)
    assert found.without == (False, True, True)


def test_one_quote_is_judged_once():
    asked: list[Sequence[str]] = []

    def judge(_: str, quotes: Sequence[str]) -> bool:
        asked.append(quotes)
        return True

    assert check(judge, "s", ["q"]).alone == (True,)
    assert len(asked) == 1


def test_the_verifier_as_judge_sees_only_the_quotes():
    sentence = "The bridge cost $3.5 million."
    assert verifier(sentence, ["The bridge cost $3.5 million, and it is 412 metres long."])
    assert not verifier(sentence, ["The bridge is 412 metres long."])
    assert not verifier(sentence, ["The bridge cost $9.5 million."])


def test_a_claim_is_judged_against_its_own_page():
    page = SetDocument("p", "The Mirow Bridge", PAGE)
    told = LabelledClaim("1", "The Mirow Bridge was opened in 1931 by Governor Ada Lenz.", "p", "supported")
    wrong = LabelledClaim("2", "The Mirow Bridge was opened in 1954 by Governor Ada Lenz.", "p", "not_supported")
    assert claim_verdict(told, page) is Verdict.SUPPORTED
    assert claim_verdict(wrong, page) in (Verdict.CONTRADICTED, Verdict.UNSUPPORTED)
