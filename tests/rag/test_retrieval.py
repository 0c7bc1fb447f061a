from hypothesis import given
from hypothesis import strategies as st

from index.documents import Hit
from rag.retrieval import fuse

hits = st.lists(
    st.builds(Hit, st.sampled_from("abcdef"), st.floats(-1, 50, allow_nan=False)),
    max_size=6,
    unique_by=lambda h: h.passage_id,
)


def test_fusion_by_hand() -> None:
    dense = [Hit("a", 0.8), Hit("b", 0.4)]
    lexical = [Hit("b", 10.0), Hit("c", 5.0)]
    assert fuse(dense, lexical, weight=0.5) == [("b", 0.7), ("a", 0.4), ("c", 0.25)]


def test_a_zero_score_hit_gets_no_credit() -> None:
    assert fuse([Hit("a", 0.0)], [Hit("b", 0.0)]) == []


@given(hits, hits)
def test_fused_scores_are_sorted_and_between_zero_and_one(dense: list[Hit], lexical: list[Hit]) -> None:
    scores = [score for _, score in fuse(dense, lexical)]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 + 1e-9 for score in scores)
