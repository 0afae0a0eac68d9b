"""What of a page becomes vectors of its meaning: passages of its text, each with its document's title."""

from __future__ import annotations

from itertools import pairwise

from engine.models.sentence_encoder import SENTENCE_DIMENSION
from engine.records import ModelIdentity

# Another revision where texts are cut in another way: passages that were made before do not compare.
PASSAGES = ModelIdentity("passages", "minilm-1", SENTENCE_DIMENSION)

WORDS = 150  # of a passage; with a title they mostly fit into what the encoder reads of a text
MOST = 3  # passages of a page: 1.2 kB
TITLE_WORDS = 16
FEWEST_LETTERS = 12  # less says nothing: a page number, a word on a sign


def passages_of(text: str, title: str) -> list[str]:
    """At most `MOST`, of about the same length, together all of the text; none where it says too little."""
    words = text.split()
    if sum(map(str.isalpha, "".join(words))) < FEWEST_LETTERS:
        return []
    count = min(-(-len(words) // WORDS), MOST)
    bounds = [len(words) * number // count for number in range(count + 1)]
    head = " ".join(title.split()[:TITLE_WORDS])
    parts = (" ".join(words[start:stop]) for start, stop in pairwise(bounds))
    return [f"{head}. {part}" if head else part for part in parts]
