"""What the words of a prompt mean for a picture. Pure functions over one vocabulary."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from zlib import crc32

from .palette import Colour, colour


def _table(**rows: str) -> dict[str, str]:
    """word -> meaning, from meaning -> words; `_` in a word stands for a space."""
    return {
        word.replace("_", " "): meaning for meaning, words in rows.items() for word in words.split()
    }


ELEMENTS = _table(
    mountains="mountain alps peak summit range himalaya volcano ridge fjord matterhorn rocky "
    "canyon",
    hills="hill valley countryside moor highland tuscany slope farmland vineyard prairie village",
    meadow="meadow field grass grassland pasture steppe savanna savannah garden park lawn wheat",
    forest="forest woods wood woodland jungle pine fir grove taiga rainforest birch autumn_leaves",
    desert="desert dune sand sahara arid wasteland mesa",
    cliff="cliff headland coast bluff crag shore",
    sea="sea ocean wave beach tide surf bay harbour harbor coastline island seaside seashore "
    "underwater",
    lake="lake pond reflection lagoon loch reservoir mirror_water",
    river="river stream creek brook waterfall canal",
    city="city skyline skyscraper downtown metropolis tokyo manhattan york town urban building "
    "cyberpunk "
    "tower london paris",
    street="street alley avenue pavement crosswalk sidewalk market",
    neon="neon cyberpunk hologram synthwave",
    space="space galaxy nebula cosmos planet universe asteroid cosmic interstellar spaceship "
    "milky_way",
    still_life="still_life vase fruit bowl table apple pear orange_fruit lemon bottle cup "
    "teapot kitchen "
    "jug pottery bread candle product perfume tableware food breakfast coffee tea cake grape "
    "peach",
    abstract="abstract pattern fractal geometric shapes flow fluid texture swirl psychedelic "
    "surreal "
    "generative background wallpaper marble ink gradient",
    person="person woman man girl boy people figure walker hiker traveller traveler samurai "
    "knight dancer "
    "astronaut model lady child wizard monk soldier hero heroine warrior queen king princess "
    "someone artist musician fisherman human silhouette couple bride",
    woman="woman girl lady queen princess heroine bride dancer mother grandmother",
    portrait="portrait face headshot selfie bust profile eyes smile",
    clouds="cloud cloudy overcast cumulus",
    stars="star starry constellation milky_way",
    moon="moon moonlight moonlit lunar crescent",
    sun="sun sunlight sunny sunshine sunbeam sunrise sunset",
    rain="rain rainy drizzle wet downpour shower puddle",
    snow="snow snowy blizzard frost ice icy snowfall glacier arctic frozen",
    fog="fog foggy mist misty haze hazy smoke steam",
    storm="storm stormy thunder lightning thunderstorm tempest hurricane",
    lighthouse="lighthouse beacon",
    boat="boat ship sailboat sail yacht canoe vessel rowboat fishing_boat gondola",
    tree="tree oak willow baobab palm cherry_blossom sakura maple",
    house="house cabin cottage hut barn home farmhouse chalet shack inn temple church",
    castle="castle fortress palace citadel ruins stronghold",
    bridge="bridge viaduct aqueduct",
    birds="bird seagull gull swan crow raven flock eagle owl dove",
    cat="cat kitten tabby feline",
    dog="dog puppy hound wolf retriever",
    horse="horse pony stallion mare unicorn rider",
    fox="fox vixen",
    deer="deer stag elk reindeer moose doe",
    car="car automobile vehicle taxi truck van sportscar",
    flowers="flower rose tulip blossom bouquet lavender poppy sunflower daisy bloom petal lily "
    "peony",
    lantern="lantern firefly fireflies lamp candlelight glowworm",
)
TIMES = _table(
    dawn="dawn sunrise morning daybreak sunup",
    day="noon day midday afternoon daylight sunny bright daytime",
    golden="golden_hour golden goldenhour evening late_afternoon warm_light",
    dusk="dusk sunset twilight sundown blue_hour nightfall afterglow",
    night="night midnight moonlight moonlit starry nocturnal neon nighttime cyberpunk star",
)
SEASONS = _table(
    spring="spring blossom cherry_blossom sakura april may",
    summer="summer july august tropical",
    autumn="autumn fall october november harvest maple autumn_leaves",
    winter="winter snow snowy frozen ice icy frost blizzard arctic december christmas",
)
MOODS = _table(
    calm="calm serene peaceful tranquil quiet still gentle minimal minimalist zen",
    dramatic="dramatic epic intense powerful majestic grand moody",
    dark="dark gloomy sinister gothic noir shadowy ominous horror haunted",
    joyful="joyful vivid vibrant cheerful colourful colorful playful happy lively bright",
    dreamy="dreamy magical fantasy ethereal mystical enchanted fairytale dream whimsical",
    melancholy="melancholy sad lonely nostalgic solitude wistful faded",
)
STYLES = _table(
    vintage="vintage retro sepia antique",
    hand_drawn="sketch drawing pencil drawn illustration ink watercolour watercolor storybook",
    novel_2d="anime manga ghibli cartoon comic cel",
    pop="popart warhol pop_art poster",
    grunge="grunge gritty punk",
    dreamy="pastel softfocus bokeh",
    low_key="noir chiaroscuro",
    y2k="y2k vaporwave synthwave holographic",
)
COLOURS = {
    name: colour(code)
    for name, code in {
        "red": "c8322f",
        "crimson": "b0183a",
        "scarlet": "d4361f",
        "orange": "ee7f2a",
        "amber": "f2a531",
        "gold": "e2b04a",
        "yellow": "f3d04a",
        "green": "3f9455",
        "emerald": "1f9d6b",
        "lime": "9acb3c",
        "olive": "7d7c3a",
        "teal": "1f8f8d",
        "turquoise": "3cc4bd",
        "cyan": "3fc6e6",
        "blue": "2c64c8",
        "azure": "3f8fe0",
        "navy": "1c2f66",
        "indigo": "3f3a9c",
        "purple": "7a3fa8",
        "violet": "8f5fd0",
        "magenta": "d0359f",
        "pink": "ee86ad",
        "rose": "e0718a",
        "lavender": "b3a0e0",
        "brown": "7d543a",
        "beige": "d8c3a0",
        "cream": "f2e6c8",
        "white": "f4f2ee",
        "silver": "b9bec6",
        "grey": "84888e",
        "gray": "84888e",
        "black": "17181c",
        "monochrome": "808080",
        "copper": "b8703f",
        "coral": "f27f63",
        "peach": "f7bb96",
        "mint": "9fdcc0",
    }.items()
}
# What the controls say in a composed prompt; their words mean nothing else here.
PHRASES = re.compile(
    r"bird'?s?[- ]?eye|eye[- ]level|over[- ]the[- ]shoulder|golden ratio|rule of thirds|"
    r"(natural|studio|dramatic|soft) light(ing)?|cinematic film still|depth of field|"
    r"(wide|medium|close)[- ]?(up)?[- ]?shot|low[- ]angle|low[- ]key photograph|"
    r"still (photograph|camera)|"
    r"vintage photograph|vivid pop art|gritty grunge style|dreamy ethereal mood|y2k aesthetic|"
    r"hand drawn illustration|2d visual novel art|teal and orange colou?rs|faded vintage colou?rs|"
    r"(smooth|rich) texture|film grain"
)
_COMMON = frozenset(
    (
        *("a", "an", "the", "of", "in", "on", "at", "by", "with", "and", "or", "over", "under"),
        *("to", "from", "into", "through", "near", "is", "are", "as", "its", "his", "her"),
        *("their", "very", "some", "this", "that", "for"),
    )
)


@dataclass(frozen=True)
class Meaning:
    """The attributes that a prompt gives a picture.

    `elements` maps what is to be seen to its strength (1 is plain). `salt` stands for the words
    that nobody here knows: they turn the picture without being understood.
    """

    elements: Mapping[str, float] = field(default_factory=dict)
    time: str = ""
    season: str = ""
    moods: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    colours: tuple[Colour, ...] = ()
    removed: frozenset[str] = frozenset()
    salt: int = 0

    def has(self, *names: str) -> float:
        """The greatest strength among the elements `names`, 0 if none is there."""
        return max((self.elements.get(name, 0.0) for name in names), default=0.0)


def tokens(text: str) -> list[str]:
    """Single words and pairs of neighbours, plurals taken off, in order."""
    words = re.findall(r"[a-z0-9]+", PHRASES.sub(" ", text.lower()))
    found: list[str] = []
    for first, second in zip(words, [*words, ""][1:], strict=True):
        found += [f"{first} {second}", first, _singular(first)]
    return list(dict.fromkeys(found))


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("shes", "ches", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and len(word) > 3 else word


def _meanings(found: list[str], table: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(table[token] for token in found if token in table))


def _elements(found: list[str], weights: Mapping[str, float]) -> dict[str, float]:
    strengths = {element: 1.0 for token in found for element in (_element_of(token),) if element}
    # A word may stand for several elements ("cyberpunk": city and neon).
    for word, extra in (("cyberpunk", "city"), ("woman", "person"), ("girl", "person")):
        if word in found:
            strengths.setdefault(extra, 1.0)
    if "woman" in strengths:
        strengths.setdefault("person", 1.0)
    for term, weight in weights.items():
        for element in {_element_of(token) for token in tokens(term)} - {""}:
            strengths[element] = weight
    return strengths


def _element_of(token: str) -> str:
    return ELEMENTS.get(token, "")


def _salt(text: str) -> int:
    """A number from the words for things and the unknown ones: light and colour do not move "
    "land."""
    known = (TIMES, SEASONS, MOODS, STYLES, COLOURS, _COMMON)
    words = re.findall(r"[a-z0-9]+", text.lower())
    strange = [word for word in words if not any(_singular(word) in t or word in t for t in known)]
    return crc32(" ".join(sorted(set(strange))).encode()) if strange else 0


def read(
    prompt: str,
    negative: str = "",
    weights: Mapping[str, float] | None = None,
    *,
    original: str = "",
) -> Meaning:
    """What `prompt` means. Elements named in `negative` are taken out.

    `weights` (term -> 0.5 to 2) strengthen or weaken what their terms name. The salt is that of
    `original` where there is one, so that the words controls add do not change the scene.
    """
    found, unwanted = tokens(prompt), set(_elements(tokens(negative), {}))
    if "person" in unwanted:
        unwanted |= {"woman", "portrait"}
    elements = _elements(found, weights or {})
    times = _meanings(found, TIMES)
    barred = _meanings(tokens(negative), TIMES)
    return Meaning(
        elements={name: weight for name, weight in elements.items() if name not in unwanted},
        time=next((time for time in times if time not in barred), ""),
        season=next(iter(_meanings(found, SEASONS)), ""),
        moods=_meanings(found, MOODS),
        styles=_meanings(found, STYLES),
        colours=tuple(COLOURS[token] for token in found if token in COLOURS),
        removed=frozenset(unwanted),
        salt=_salt(original or prompt),
    )
