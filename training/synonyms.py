"""Other words for the words of a question, from WordNet's files (Debian's wordnet-base: /usr/share/wordnet)."""

from __future__ import annotations

import random
from pathlib import Path

KINDS = ("noun", "verb", "adj", "adv")
ENDINGS = {
    "noun": (("ies", "y"), ("ses", "s"), ("ches", "ch"), ("shes", "sh"), ("s", "")),
    "verb": (("ies", "y"), ("ied", "y"), ("ing", "e"), ("ing", ""), ("ed", "e"), ("ed", ""), ("es", ""), ("s", "")),
    "adj": (),
    "adv": (),
}


class WordNet:
    """The words of a word's commonest sense, of the part of speech that it has most senses of."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.first: dict[str, tuple[str, int]] = {}  # the part of speech, and the place of the sense in its file
        self.irregular: set[str] = set()
        most: dict[str, int] = {}
        for kind in KINDS:
            for line in (folder / f"index.{kind}").read_text("utf-8").splitlines():
                if line.startswith(" "):  # the licence
                    continue
                word, _, senses, *_ = fields = line.split()
                if int(senses) > most.get(word, 0):
                    most[word] = int(senses)
                    self.first[word] = kind, int(fields[-int(senses)])
            self.irregular |= set((folder / f"{kind}.exc").read_text("utf-8").split())
        self.data = {kind: (folder / f"data.{kind}").read_bytes() for kind in KINDS}

    def others(self, word: str) -> list[str]:
        """Synonyms of `word`, inflected as it is; none for a word that is unknown or irregular."""
        if word in self.irregular:
            return []
        for lemma, ending, kind in self._lemmas(word):
            if lemma in self.first and (not ending or self.first[lemma][0] == kind):
                found = [other for other in self._synset(*self.first[lemma]) if other != lemma and other.islower()]
                return [inflected for other in found if (inflected := self._inflect(other, ending))]
        return []

    def _lemmas(self, word: str) -> list[tuple[str, str, str]]:
        """What `word` may be a form of: (lemma, ending, part of speech); itself first."""
        stripped = [
            (word[: -len(end)] + put, end[-2:] if end.endswith("ed") else end if end == "ing" else "s", kind)
            for kind, pairs in ENDINGS.items()
            for end, put in pairs
            if word.endswith(end) and len(word) > len(end) + 2
        ]
        return [(word, "", ""), *stripped]

    def _synset(self, kind: str, offset: int) -> list[str]:
        fields = self.data[kind][offset : offset + 4000].split(b"\n", 1)[0].decode().split()
        count = int(fields[3], 16)
        return [field.split("(")[0].replace("_", " ") for field in fields[4 : 4 + 2 * count : 2]]

    def _inflect(self, word: str, ending: str) -> str:
        if not ending:
            return word
        head, *rest = word.split(" ") if ending in ("ed", "ing") else [word]
        if head in self.irregular:
            return ""
        if ending in ("ed", "ing"):
            head = head[:-1] if head.endswith("e") else head
            head = head[:-1] + "i" if ending == "ed" and head.endswith("y") and head[-2:-1] not in "aeiou" else head
            return " ".join([head + ending, *rest])
        if head.endswith("y") and head[-2:-1] not in "aeiou":
            return head[:-1] + "ies"
        return head + ("es" if head.endswith(("s", "x", "ch", "sh")) else "s")


def other_words(question: str, wordnet: WordNet, keep: frozenset[str], rng: random.Random, share: float = 0.6) -> str:
    """`question` with about `share` of its plain words, those in `keep` aside, replaced by synonyms."""
    words = question.split(" ")
    for i, word in enumerate(words):
        bare = word.rstrip("?,.")
        if bare.islower() and bare not in keep and rng.random() < share and (others := wordnet.others(bare)):
            words[i] = rng.choice(others) + word[len(bare) :]
    return " ".join(words)
