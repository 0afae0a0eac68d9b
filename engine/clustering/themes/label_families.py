"""Which words of the vocabulary are kinds of others: a puppy is a dog, and an animal.

Activities, people and places that go with a thing count as its kinds: a ski slope is a photograph of skiing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_TEAM_SPORTS = "football|American football|basketball|baseball|volleyball|rugby|cricket|ice hockey"

# Words so broad that one of their kinds is the better name if it fits nearly as well.
_GROUPS = {
    "people": """portraits|children|a couple|families|friends|crowds|men|women|elderly people|tourists
        |spectators|students""",
    "snow": "skiing|snowboarding|sledding|ice|glaciers",
    "team sports": _TEAM_SPORTS,
    "ball games": f"{_TEAM_SPORTS}|tennis|golf|badminton|balls",
    "sports": """athletes|ball games|team sports|sports fields|stadiums|boxing|wrestling|martial arts
        |gymnastics|running""",
    "farm animals": "cows|sheep|goats|pigs|donkeys|chickens",
    "wild animals": """elephants|lions|tigers|bears|monkeys|deer|foxes|giraffes|zebras|rhinos|hippos
        |kangaroos""",
    "animals": """pets|farm animals|wild animals|dogs|cats|birds|horses|insects|rabbits|squirrels|mice
        |hamsters|bats|camels|fish|sharks|whales|dolphins|seals|turtles|snakes|lizards|crocodiles|spiders
        |snails|crabs|jellyfish""",
    "the sea": "beaches|coasts|waves|islands",
    "plants": "flowers|cactuses|moss|mushrooms|grass|trees|forests",
    "cities": "skylines|skyscrapers|streets|apartment buildings|shop windows|shops",
    "vehicles": """cars|ambulances|fire engines|buses|trams|trains|lorries|vans|tractors|excavators
        |motorcycles|cycling|scooters|aeroplanes|helicopters|carriages|engines""",
    "rooms": """kitchens|living rooms|bedrooms|bathrooms|dining rooms|corridors|furniture|lamps
        |curtains""",
    "meals": """breakfast|salads|soups|pizza|pasta|burgers|sandwiches|noodles|rice|sushi|restaurants
        |plates""",
    "food": "meals|bread|desserts|fruit|vegetables|meat|eggs|cheese|eating|cooking",
}

# Words that are specific enough: where they fit, one of their kinds would claim too much.
_KINDS = {
    "people": """clothes|suits and ties|dresses|jackets|uniforms|hats|shoes|jewellery|sunglasses|hairstyles
        |tattoos""",
    "children": "babies|toddlers|boys|girls|playgrounds|swinging|sliding",
    "portraits": "selfies|smiling faces",
    "swimming": "swimmers|swimming pools|diving|splashing|playing in water",
    "surfing": "surfers",
    "skiing": "skiers|ski slopes",
    "skateboarding": "skateboarders|skateboards|skate parks",
    "climbing": "climbers|rock climbing",
    "hiking": "hikers",
    "cycling": "cyclists|mountain biking|bicycles",
    "running": "runners|races|marathons",
    "tennis": "tennis courts",
    "golf": "golf courses",
    "playing music": "musicians|musical instruments|guitars|pianos|concerts",
    "boats": "sailing boats|ships|ferries|canoes|sailing|rowing|kayaking",
    "dogs": "puppies|dogs running|dogs playing|walking a dog",
    "cats": "kittens",
    "birds": "parrots|owls|eagles|ducks|geese|swans|chickens|penguins|pigeons|gulls",
    "horses": "horse riding",
    "insects": "butterflies|bees",
    "mountains": "hills|valleys|cliffs|canyons|volcanoes|glaciers",
    "flowers": "roses|tulips|sunflowers|orchids",
    "forests": "autumn leaves",
    "streets": "night streets|alleys|crossings|squares|street vendors",
    "churches": "cathedrals",
    "cars": "vintage cars|racing cars|police cars|car parks",
    "motorcycles": "motocross",
    "trains": "steam trains|railway stations|railway tracks|subway stations",
    "furniture": "beds|sofas|chairs|tables|desks|shelves|cupboards",
    "fruit": "apples|bananas|oranges|berries",
    "vegetables": "tomatoes|pumpkins",
    "desserts": "cakes|biscuits|chocolate|ice cream",
    "computers": "laptops|keyboards|screens",
    "costumes": "masks|face paint|Halloween|carnivals",
}


def is_kind_of(words: Sequence[str]) -> NDArray[np.bool_]:
    """(words, words): whether the second is the first, or a kind of it."""
    places = {word: place for place, word in enumerate(words)}
    table = np.eye(len(words), dtype=np.bool_)
    for word in words:
        for kind in _all_kinds(word):
            if kind in places:
                table[places[word], places[kind]] = True
    return table


def is_broad(words: Sequence[str]) -> NDArray[np.bool_]:
    """(words,): which are so broad that a kind of theirs is the better name."""
    return np.array([word in _GROUPS for word in words], np.bool_)


def is_detail(words: Sequence[str]) -> NDArray[np.bool_]:
    """(words,): which are kinds of another of these words that is specific enough."""
    known = set(words)
    found = set().union(*(_split(_KINDS[word]) for word in _KINDS if word in known))
    return np.array([word in found for word in words], np.bool_)


def _all_kinds(word: str) -> set[str]:
    """Including the kinds of its kinds."""
    direct = _split(_GROUPS.get(word, "")) | _split(_KINDS.get(word, ""))
    return direct.union(*(_all_kinds(kind) for kind in direct))


def _split(kinds: str) -> set[str]:
    return {" ".join(kind.split()) for kind in kinds.split("|")} - {""}
