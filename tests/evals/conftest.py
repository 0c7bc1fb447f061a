from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import Footnote
from rag.settings import Settings

BRIDGE = """The Mirow Bridge

The Mirow Bridge was opened in 1931 by Governor Ada Lenz. It is 412 metres long and cost $3.5 million.
Its towers were painted green after the storm of 1954. About 18,000 vehicles cross it every day.
"""
FERRY = """The Ferry at Mirow

Before the bridge, a ferry carried passengers across the river. It sank in 1929 near the town of Kelm.
The ferryman was Otto Brandt, who later wrote a book about the river. The ferry carried 40 passengers.
"""
HARBOUR = """Kelm Harbour

Kelm Harbour handled 2.4 million tonnes of grain in 2019. The harbour master is Ines Vogt.
Fishing boats leave it before dawn. Its lighthouse was built of red brick and is 27 metres high.
"""


@pytest.fixture(scope="session")
def footnote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Footnote]:
    """Footnote over three short documents, all parts real; it dares more than by default, to be seen answering."""
    home: Path = tmp_path_factory.mktemp("evals")
    source = home / "documents"
    source.mkdir()
    for name, text in {"bridge.txt": BRIDGE, "ferry.txt": FERRY, "harbour.txt": HARBOUR}.items():
        (source / name).write_text(text, "utf-8")
    opened = Footnote.open(source, home / "index", Settings.load(risk=0.4))
    opened.sync()
    yield opened
    opened.close()
