"""The vocabulary of theme names: things and scenes that a person recognises at a glance.

One or two words each, in the form that reads well as the name of a theme. The words were chosen by kinds of
photographs, before any model was measured with them.
"""

from __future__ import annotations

_KINDS = {
    "people": """
        people|portraits|children|babies|toddlers|a couple|families|friends|crowds|athletes|musicians
        |dancers|men|women|boys|girls|elderly people|selfies|smiling faces|climbers|hikers|cyclists
        |runners|swimmers|surfers|skiers|skateboarders|workers|soldiers|police officers|firefighters
        |cooks|waiters|teachers|students|doctors|street vendors|tourists|spectators|costumes|masks
        |face paint|hats|sunglasses|swimsuits|uniforms|helmets|jackets|dresses|suits and ties|jewellery
        |shoes|hairstyles|tattoos
    """,
    "deeds": """
        swimming|diving|surfing|sailing|rowing|kayaking|fishing|hiking|camping|climbing|skiing
        |snowboarding|sledding|ice skating|ice hockey|skateboarding|cycling|mountain biking|motocross
        |horse riding|running|jumping|dancing|playing music|reading|cooking|eating|drinking|sleeping
        |shopping|gardening|painting|drawing|playing in water|splashing|sliding|swinging
        |walking a dog|dogs running|dogs playing|hugging|kissing|working|sports|football
        |American football|basketball|baseball|tennis|volleyball|golf|rugby|cricket|badminton|boxing
        |wrestling|martial arts|gymnastics|yoga|weight lifting|archery|bowling|billiards|chess|frisbee
        |ball games|team sports|races|marathons|tug of war|juggling|paragliding|skydiving|rock climbing
        |bungee jumping
    """,
    "occasions": """
        parties|birthdays|weddings|Christmas|Halloween|New Year|Easter|fireworks|carnivals|parades
        |concerts|festivals|street fairs|picnics|barbecues|graduations|funerals|meetings|conferences
        |lectures|theatre|a stage|protests|markets|museums|exhibitions|amusement parks|fairground rides
        |circus|zoo|aquariums|playgrounds|school|camp fires|ceremonies|religious services
    """,
    "animals": """
        animals|dogs|puppies|cats|kittens|birds|parrots|owls|eagles|ducks|geese|swans|chickens|penguins
        |pigeons|gulls|horses|cows|sheep|goats|pigs|donkeys|camels|elephants|lions|tigers|bears|monkeys
        |deer|foxes|rabbits|squirrels|mice|hamsters|bats|giraffes|zebras|rhinos|hippos|kangaroos
        |fish|sharks|whales|dolphins|seals|turtles|snakes|lizards|crocodiles|insects|butterflies
        |bees|spiders|snails|crabs|jellyfish|corals|shells|farm animals|wild animals|pets|nests
    """,
    "nature": """
        nature|landscapes|mountains|hills|valleys|cliffs|rocks|canyons|caves|deserts|sand dunes|beaches
        |coasts|the sea|waves|islands|lakes|ponds|rivers|streams|waterfalls|fountains|ice|snow|glaciers
        |volcanoes|forests|trees|autumn leaves|palm trees|meadows|grass|fields|flowers|roses|tulips
        |sunflowers|orchids|gardens|cactuses|plants|mushrooms|moss|vegetable gardens|vineyards|orchards
        |clouds|the sky|sunsets|sunrises|rainbows|storms|lightning|rain|fog|the moon|stars|night
        |underwater|mud|puddles|reflections|shadows|silhouettes|dust
    """,
    "places": """
        cities|skylines|skyscrapers|streets|night streets|alleys|squares|bridges|towers|churches
        |cathedrals|mosques|temples|castles|palaces|ruins|monuments|statues|lighthouses|windmills|houses
        |apartment buildings|farms|barns|villages|parks|benches|fences|gates|walls|graffiti|murals
        |stairs|doors|windows|roofs|balconies|shops|shop windows|supermarkets|restaurants|cafes|bars
        |hotels|offices|factories|warehouses|construction sites|hospitals|libraries|classrooms|stadiums
        |gyms|swimming pools|harbours|piers|docks|airports|railway stations|subway stations|tunnels
        |roads|motorways|crossings|car parks|power lines|dams|railway tracks|campsites|tents
        |skate parks|sports fields|tennis courts|ski slopes|golf courses
    """,
    "rooms": """
        rooms|kitchens|living rooms|bedrooms|bathrooms|dining rooms|corridors|cellars|garages|workshops
        |furniture|beds|sofas|chairs|tables|desks|shelves|cupboards|lamps|curtains|mirrors|fireplaces
        |clocks|candles|vases|picture frames|pillows
    """,
    "vehicles": """
        vehicles|cars|vintage cars|racing cars|police cars|ambulances|fire engines|buses|trams|trains
        |steam trains|lorries|vans|tractors|excavators|motorcycles|scooters|bicycles|boats|sailing boats
        |ships|ferries|canoes|aeroplanes|helicopters|hot-air balloons|carriages|wheels|engines|prams
        |wheelchairs|skateboards
    """,
    "food": """
        food|meals|breakfast|salads|soups|pizza|pasta|burgers|sandwiches|bread|cakes|biscuits|chocolate
        |ice cream|desserts|fruit|apples|bananas|oranges|berries|vegetables|tomatoes|pumpkins|meat|sushi
        |eggs|cheese|noodles|rice|coffee|tea|wine|beer|cocktails|bottles|plates|cups|bowls
    """,
    "things": """
        computers|laptops|keyboards|telephones|televisions|cameras|screens|screenshots|charts|diagrams
        |maps|documents|newspapers|books|handwriting|signs|posters|receipts|money|tools|guitars|pianos
        |toys|dolls|balloons|bubbles|balls|kites|flags|umbrellas|bags|suitcases|clothes|bricks|fire
        |sculptures|paintings|drawings|cartoons|crafts|musical instruments
    """,
}


# Sentences that describe such a photograph better than the word.
_SENTENCES = {
    "portraits": "a person smiling and looking at the camera",
    "people": "a group of people standing together",
    "crowds": "a crowd of people in a street",
    "children": "a young child, a little girl and a boy",
    "women": "a woman wearing a dress",
    "men": "a man wearing a shirt",
    "friends": "friends posing together for a picture",
    "streets": "people walking on a sidewalk in the city",
    "night": "a street at night with lights",
    "dogs playing": "two dogs playing with each other",
    "football": "a soccer player kicking a ball",
    "boats": "a boat on the water",
    "chess": "a board with pieces for a game",
    "billiards": "a pool table with coloured balls",
}

# Words that few photographs show: they must fit clearly better than everyday ones.
_SELDOM = """
    elderly people|soldiers|street vendors|waiters|teachers|face paint|hairstyles|tattoos|archery|bowling
    |billiards|chess|tug of war|juggling|paragliding|skydiving|bungee jumping|boxing|wrestling|martial arts
    |weight lifting|badminton|golf|golf courses
    |cricket|rugby|volleyball|yoga|gymnastics|shopping|funerals|conferences|lectures
    |theatre|protests|circus|fairground rides|street fairs|meetings|ceremonies|religious services
    |exhibitions|carnivals|parades|owls|eagles|geese|penguins|camels|elephants|lions|tigers|bears|monkeys
    |foxes|mice|hamsters|bats|giraffes|zebras|rhinos|hippos|kangaroos|sharks|whales|dolphins|seals|snakes
    |lizards|crocodiles|spiders|snails|crabs|jellyfish|corals|donkeys|parrots|swans|nests|canyons|caves
    |deserts|sand dunes|glaciers|volcanoes|lightning|storms|dust|mud|silhouettes|shadows|moss|cactuses
    |orchids|vineyards|orchards|mosques|temples|palaces|ruins|lighthouses|windmills|alleys|gates|walls|dams
    |power lines|factories|warehouses|construction sites|hospitals|classrooms|stadiums|gyms|libraries|docks
    |piers|harbours|tunnels|motorways|crossings|cellars|garages|workshops|corridors|supermarkets|hotels
    |offices|bars|subway stations|towers|barns|curtains|cupboards|shelves|pillows|desks|vintage cars
    |racing cars|police cars|ambulances|fire engines|trams|steam trains|lorries|vans|tractors|excavators
    |ferries|canoes|helicopters|carriages|prams|wheelchairs|engines|wheels|scooters|sushi|noodles|rice|eggs
    |meat|soups|cocktails|keyboards|telephones|charts|diagrams|newspapers|handwriting|posters|money|tools
    |pianos|dolls|bubbles|bricks|fire|cartoons|crafts|vases|picture frames|rowing|kayaking|tennis courts
"""


def vocabulary() -> dict[str, str]:
    """Each name once, with a sentence that describes it."""
    names = (name for kind in _KINDS.values() for name in _split(kind))
    return {name: _SENTENCES.get(name, f"a photo of {name}") for name in names}


def rare_labels() -> frozenset[str]:
    """The names of what few photographs show."""
    return frozenset(_split(_SELDOM))


def _split(names: str) -> list[str]:
    return [" ".join(name.split()) for name in names.split("|")]
