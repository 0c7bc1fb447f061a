"""Known questions about the documents of conftest.py."""

from evals.datasets import EvalSet, Example

KNOWN = EvalSet(
    "known",
    (
        Example("opened", "Who opened the Mirow Bridge?", ("Ada Lenz",), doc_ids=("bridge.txt",)),
        Example("length", "How long is the Mirow Bridge?", ("412 metres",), doc_ids=("bridge.txt",)),
        Example("cost", "How much did the Mirow Bridge cost?", ("$3.5 million",), doc_ids=("bridge.txt",)),
        Example("sank", "When did the ferry sink?", ("1929",), doc_ids=("ferry.txt",)),
        Example("ferryman", "Who was the ferryman?", ("Otto Brandt",), doc_ids=("ferry.txt",)),
        Example("grain", "How much grain did Kelm Harbour handle in 2019?", ("2.4 million",), doc_ids=("harbour.txt",)),
        Example("master", "Who is the harbour master?", ("Ines Vogt",), doc_ids=("harbour.txt",)),
        Example(
            "both",
            "What was painted green, and how high is the lighthouse?",
            answers_all=(("towers",), ("27 metres",)),
            doc_ids=("bridge.txt", "harbour.txt"),
        ),
        Example("architect", "Who was the architect of the Mirow Bridge?", answerable=False),
        Example("airport", "Which airline flies to Tokyo?", answerable=False),
    ),
)
ANSWERABLE = sum(example.answerable for example in KNOWN.examples)
UNANSWERABLE = len(KNOWN.examples) - ANSWERABLE
