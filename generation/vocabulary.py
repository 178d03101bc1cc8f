"""The words of the prompt bar and what each lane can do with them (FACTS)."""

from dataclasses import dataclass

from django.db.models import TextChoices


class Lane(TextChoices):
    """A queue and the kind of worker that serves it."""

    SDXL = "sdxl", "SDXL"
    WAN = "wan", "WAN 2.1"
    CHAT = "chat", "Chat"


class Mode(TextChoices):
    IMAGE = "image", "Image"
    VIDEO = "video", "Video"


class Model(TextChoices):
    SDXL = "sdxl", "SDXL"
    WAN = "wan", "WAN 2.1"


class Quality(TextChoices):
    FAST = "fast", "Fast"
    HIGH = "high", "High"


class AspectRatio(TextChoices):
    WIDE = "16:9", "16:9"
    SQUARE = "1:1", "1:1"
    TALL = "9:16", "9:16"


class ShotType(TextChoices):
    WIDE = "wide", "Wide"
    MEDIUM = "medium", "Medium"
    CLOSE = "close", "Close"


class CameraAngle(TextChoices):
    NONE = "none", "No angle"
    EYE_LEVEL = "eye_level", "Eye level"
    LOW_ANGLE = "low_angle", "Low angle"
    OVER_THE_SHOULDER = "over_the_shoulder", "Over the shoulder"
    OVERHEAD = "overhead", "Overhead"
    BIRDS_EYE = "birds_eye", "Bird's eye"


class Style(TextChoices):
    NONE = "none", "No style"
    CINEMATIC = "cinematic", "Cinematic"
    VINTAGE = "vintage", "Vintage"
    LOW_KEY = "low_key", "Low key"
    INDY = "indy", "Indy"
    Y2K = "y2k", "Y2K"
    POP = "pop", "Pop"
    GRUNGE = "grunge", "Grunge"
    DREAMY = "dreamy", "Dreamy"
    HAND_DRAWN = "hand_drawn", "Hand drawn"
    NOVEL_2D = "novel_2d", "2D novel"
    BOOST = "boost", "Boost"


class Lighting(TextChoices):
    NONE = "none", "Any light"
    NATURAL = "natural", "Natural"
    STUDIO = "studio", "Studio"
    DRAMATIC = "dramatic", "Dramatic"
    SOFT = "soft", "Soft"


class Composition(TextChoices):
    NONE = "none", "Any composition"
    RULE_OF_THIRDS = "rule_of_thirds", "Rule of thirds"
    GOLDEN_RATIO = "golden_ratio", "Golden ratio"
    SYMMETRICAL = "symmetrical", "Symmetrical"
    DYNAMIC = "dynamic", "Dynamic"


class ColourGrading(TextChoices):
    NONE = "none", "Any colour"
    WARM = "warm", "Warm"
    COOL = "cool", "Cool"
    VINTAGE = "vintage", "Vintage"
    MODERN = "modern", "Modern"
    CINEMATIC = "cinematic", "Cinematic"


class Texture(TextChoices):
    NONE = "none", "Any texture"
    SMOOTH = "smooth", "Smooth"
    GRAINY = "grainy", "Grainy"
    TEXTURED = "textured", "Textured"
    GLOSSY = "glossy", "Glossy"


class ReferenceKind(TextChoices):
    STYLE = "style", "Style"
    COMPOSITION = "composition", "Composition"
    CHARACTER = "character", "Character"


class ReferenceRole(TextChoices):
    """Which box of the prompt bar a reference came from."""

    REFERENCE = "reference", "Reference"
    STYLE = "style", "Style reference"
    START = "start", "Start frame"
    END = "end", "End frame"


class EnhancementMethod(TextChoices):
    NONE = "none", "No enhancement"
    BASE = "base", "Base"
    INSTRUCT = "instruct", "Instruct"


class ContentMode(TextChoices):
    SFW = "sfw", "SFW"
    NSFW = "nsfw", "NSFW"


SEED_MAXIMUM = 2_147_483_647
STEPS_MINIMUM, STEPS_MAXIMUM = 10, 50  # of a model that sets no limits of its own
STEPS_OF_ANY_MODEL = 100
GUIDANCE_MINIMUM, GUIDANCE_MAXIMUM, GUIDANCE_STEP = 1.0, 20.0, 0.5
STRENGTH_MINIMUM, STRENGTH_MAXIMUM, STRENGTH_STEP = 0.1, 0.9, 0.05
WEIGHT_MINIMUM, WEIGHT_MAXIMUM = 0.5, 2.0
WEIGHTED_TERMS_MAXIMUM = 6
BATCH_SIZES = (1, 3, 6)
VIDEO_LENGTHS = (5, 10)
PROMPT_CHARACTERS = 4_000

# WAN makes 83 frames for about 5 s (FACTS), so 16.67 frames a second: exactly 50/3.
WAN_FRAMES_PER_SECOND = (50, 3)
WAN_FRAMES = {5: 83, 10: 166}

SDXL_SIZES = {"16:9": (1024, 576), "1:1": (1024, 1024), "9:16": (576, 1024)}
WAN_SIZES = {"16:9": (832, 480), "1:1": (640, 640), "9:16": (480, 832)}

# Tokens that the composed prompt may have, by lane; for the chat lane by method.
PROMPT_BUDGET = {"sdxl": 75, "wan": 100, "instruct": 200, "base": 150}


@dataclass(frozen=True)
class JobType:
    """A row of the table of job types. Seconds are those expected on one 48 GB card."""

    name: str
    lane: Lane
    steps: int
    guidance: float
    seconds: float
    credits: int
    per_image: bool = False


_JOB_TYPES = (
    JobType("sdxl_image_fast", Lane.SDXL, 15, 6.0, 4, 1, per_image=True),
    JobType("sdxl_image_high", Lane.SDXL, 25, 7.5, 8, 2, per_image=True),
    JobType("image_fast", Lane.WAN, 25, 6.5, 25, 1),
    JobType("image_high", Lane.WAN, 50, 7.5, 40, 2),
    JobType("video_fast", Lane.WAN, 25, 6.5, 135, 3),
    JobType("video_high", Lane.WAN, 50, 7.5, 180, 5),
    JobType("image7b_fast_enhanced", Lane.WAN, 25, 6.5, 85, 2),
    JobType("image7b_high_enhanced", Lane.WAN, 50, 7.5, 100, 3),
    JobType("video7b_fast_enhanced", Lane.WAN, 25, 6.5, 195, 4),
    JobType("video7b_high_enhanced", Lane.WAN, 50, 7.5, 240, 6),
    JobType("enhancement", Lane.CHAT, 1, 1.0, 6, 0),
)
JOB_TYPES = {job_type.name: job_type for job_type in _JOB_TYPES}


def job_type_for(
    *, model: str, mode: str, quality: str, enhanced: bool, enhancement_only: bool
) -> JobType:
    """The row that a request belongs to: enhancement only -> chat, `sdxl` -> sdxl, else wan."""
    if enhancement_only:
        return JOB_TYPES["enhancement"]
    if model == Model.SDXL:
        return JOB_TYPES[f"sdxl_image_{quality}"]
    return JOB_TYPES[f"{mode}7b_{quality}_enhanced" if enhanced else f"{mode}_{quality}"]


def output_seed(seed: int, index: int) -> int:
    """The seed of output `index` of a job: `seed + index`; after the largest comes 0."""
    return (seed + index) % (SEED_MAXIMUM + 1)
