import pytest

from rag.spelling import mended, unknown

KNOWN = {"many", "where", "gauge", "cross", "border"}
TEXTS = [
    "The scholarships go to Asian students from Veltmark.",
    "The region has many harbours.",
    "The load is balanced.",
]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("how many scholarshps for asain studnets", "how many scholarships for Asian students"),
        ("Where is the gauge?", "Where is the gauge?"),
        ("Who lives in Veltmarck?", "Who lives in Veltmark?"),
        ("Who lives in Feldmark?", "Who lives in Feldmark?"),
        ("How many varbours?", "How many varbours?"),
        ("How many harbours?", "How many harbours?"),
        ("Which harbourer?", "Which harbourer?"),
        ("Which balancer is it?", "Which balancer is it?"),
    ],
)
def test_only_typing_errors_are_mended(question: str, expected: str) -> None:
    assert mended(question, unknown(question, KNOWN.__contains__), TEXTS) == expected
