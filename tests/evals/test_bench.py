from pathlib import Path

import numpy as np
import pytest

from evals.bench import bench_growth, bench_sync, growth_page, page
from evals.growth import exponent
from evals.loaders import SEEDS_DIR
from evals.synthetic import SyntheticEmbedder, sentences_of, write_documents


@pytest.mark.parametrize(("power", "scale"), [(1.0, 3.0), (2.0, 0.5), (0.0, 7.0)])
def test_the_exponent_of_a_power_law_is_found(power: float, scale: float):
    sizes = [1_000, 10_000, 100_000]
    assert exponent(sizes, [scale * size**power for size in sizes]) == pytest.approx(power)


def test_a_synthetic_vector_depends_on_the_text_alone_and_has_length_one():
    embedder = SyntheticEmbedder()
    both = embedder.embed_passages(["one", "two"])
    assert both.shape == (2, 384)
    assert np.array_equal(both[0], embedder.embed_query("one"))
    assert np.linalg.norm(both, axis=1) == pytest.approx([1.0, 1.0])
    assert embedder.embed_passages([]).shape == (0, 384)


def test_synthetic_documents_are_real_sentences_in_the_same_order_every_time(tmp_path: Path):
    sentences = sentences_of(SEEDS_DIR)
    for name in ("one", "two"):
        write_documents(tmp_path / name, sentences, 3, 10)
    texts = [path.read_text() for path in sorted((tmp_path / "one").iterdir())]
    assert texts == [path.read_text() for path in sorted((tmp_path / "two").iterdir())]
    assert len(set(texts)) == 3
    assert any(sentence in texts[0] for sentence in sentences)


def test_growth_is_measured_in_a_process_of_its_own_and_drawn(tmp_path: Path):
    table, measured = bench_growth(tmp_path, (20, 80))
    assert [row[0] for row in table.rows][-1] == "exponent"
    assert measured[1].passages > measured[0].passages > 10
    assert growth_page(measured).count("<polyline") == 6
    assert page({"growth": table}, measured).startswith("<!doctype html>")
    assert "<polyline" not in page({"growth": table}, measured[:1])


def test_an_unchanged_sync_is_set_against_hashing_the_files(tmp_path: Path):
    table = bench_sync(tmp_path, 5)
    assert table.rows[0][0] == "5"
    assert float(table.rows[0][1]) >= 0
