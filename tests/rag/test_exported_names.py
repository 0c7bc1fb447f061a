import rag


def test_the_public_names_are_sorted_and_exist() -> None:
    assert rag.__all__ == sorted(rag.__all__)
    assert all(hasattr(rag, name) for name in rag.__all__)
