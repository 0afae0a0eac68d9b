"""How sure a match is, against what unrelated queries reach on this very library.

No fixed threshold holds: scores depend on the model, and the best of a million pictures scores higher than
the best of ten for any sentence. So the same model asks the same library for `REFERENCE_PHRASES` that few
libraries have in any number; a query must do better than most of them did.

Measured with the starter on galleries of 3 to 1,000 captioned photographs: its own caption calls a photograph
strong in 94 to 7 of 100 cases, strong or weak in 97 to 50; the best match of one of 30 sentences about other
things is strong in 7 to 15 and nothing in 58 to 68. Pictures, on 20 to 500 photographs: other photographs of
such scenes are strong in 52 to 56 of 100 cases, strong or weak in 78 to 87; scanned receipts (measured with
ConSE alone) in 5 and 2 to 25.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.records import Vectors, Verdict

# Quantiles of the references' best scores above which a sentence is strong, or weak.
TEXT_STRONG, TEXT_WEAK = 0.80, 0.50
# The references of a picture are related to it (items of the library and their nearest others), hence lower.
PICTURE_STRONG, PICTURE_WEAK = 0.50, 0.20
SAME_PICTURE = 0.95  # the same picture saved again, smaller: strong in any library
FEW_ITEMS = 2  # fewer have no nearest other; then only the same picture is sure
WORDS_STRONG, WORDS_WEAK = 0.85, 0.45  # share of the query's weight in words that were found

REFERENCE_PHRASES = (
    "a tax form with columns of figures",
    "the periodic table of elements",
    "a satellite view of a hurricane",
    "an x-ray of a broken wrist",
    "a circuit board with soldered chips",
    "sheet music for a string quartet",
    "a submarine at the sea floor",
    "an electron microscope image of pollen",
    "the control room of a power plant",
    "a medieval suit of armour",
    "a map of underground railway lines",
    "an oil refinery with flare stacks",
    "a violin maker's workshop",
    "a spacecraft docking in orbit",
    "the skeleton of a dinosaur",
    "a bowl of noodle soup with egg",
    "a stained glass window",
    "a lighthouse in a storm",
    "a camel caravan in the dunes",
    "penguins on an ice floe",
    "a beehive opened by a beekeeper",
    "a dentist at work",
    "a chess board in the middle of a game",
    "an erupting volcano at night",
    "a wedding cake with three tiers",
    "a hospital corridor",
    "a pile of old coins",
    "a windmill beside a canal",
    "a coral reef with striped fish",
    "a steam locomotive in a station",
    "a hot air balloon over fields",
    "a library with tall shelves",
    "a blacksmith at the anvil",
    "the surface of the moon",
    "a bonsai tree in a pot",
    "a parliament in session",
    "a tram in a narrow street",
    "a greenhouse full of orchids",
    "a cargo ship stacked with containers",
    "a potter's wheel with wet clay",
    "an astronomical clock",
    "a rack of wine bottles in a cellar",
    "a diver among jellyfish",
    "a judge in a courtroom",
    "a field of sunflowers",
    "a typewriter on a desk",
    "an owl in a hollow tree",
    "a combine harvester in wheat",
    "a subway escalator",
    "a mosque with a golden dome",
    "a cactus in bloom",
    "fireworks above a river",
    "a butcher's shop window",
    "a stack of shipping pallets",
    "a rainbow over a waterfall",
    "a glass of orange juice",
    "a toddler in a bathtub",
    "a cyclist in a velodrome",
    "a snow-covered cabin",
    "an elephant at a watering hole",
    "a horse race at full gallop",
    "a crowd at a concert",
    "a cup of coffee and a newspaper",
    "a cat asleep on a sofa",
)


@dataclass(frozen=True, slots=True)
class Reference:
    """The scores above which a match is strong, or weak. Built once for each generation of a library."""

    strong: float
    weak: float

    def verdict(self, score: float) -> Verdict:
        """NONE for a score that is not a number."""
        if score > self.strong:
            return Verdict.STRONG
        return Verdict.WEAK if score > self.weak else Verdict.NONE

    def sureness(self, scores: NDArray[np.float64]) -> NDArray[np.int8]:
        """(count,) -> (count,): `verdict` of each, as 0 for NONE, 1 for WEAK, 2 for STRONG."""
        return np.where(scores > self.strong, 2, scores > self.weak).astype(np.int8)


def text_reference(best_scores: NDArray[np.float32]) -> Reference:
    """`best_scores`: (phrases,), what each of `REFERENCE_PHRASES` reached at best (`NearestIndex.scan_many`).

    Raises ValueError when it is empty or holds a value that is not finite.
    """
    if not len(best_scores) or not np.isfinite(best_scores).all():
        raise ValueError("reference scores must be finite and at least one")
    strong, weak = np.quantile(best_scores, [TEXT_STRONG, TEXT_WEAK])
    return Reference(float(strong), float(weak))


def picture_reference(sample: Vectors) -> Reference:
    """`sample`: (count, dimension) picture vectors of the library, a few hundred (`NearestIndex.sample`).

    Copies count as one picture: a library of bursts would else call nothing else alike.
    """
    nearest = nearest_others(sample)
    nearest = nearest[nearest < SAME_PICTURE]
    if len(nearest) < FEW_ITEMS:
        return Reference(SAME_PICTURE, SAME_PICTURE)
    strong, weak = np.quantile(nearest, [PICTURE_STRONG, PICTURE_WEAK])
    return Reference(float(strong), float(weak))


def nearest_others(vectors: Vectors) -> NDArray[np.float32]:
    """(count, dimension) -> (count,): each row's highest cosine with another row; empty below two rows."""
    if len(vectors) < FEW_ITEMS:
        return np.empty(0, dtype=np.float32)
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -np.inf)
    return np.asarray(cosines.max(axis=1), dtype=np.float32)


def word_verdict(matched_weight_fraction: float) -> Verdict:
    """For pages found by their words: the share, 0 to 1, of the query words' idf that the page holds."""
    return Reference(WORDS_STRONG, WORDS_WEAK).verdict(matched_weight_fraction)
