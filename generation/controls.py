"""Which controls a lane can honour in which mode; the page shows only those."""

from dataclasses import dataclass

from generation.vocabulary import Lane, Mode, ReferenceKind, ReferenceRole

_EVERYWHERE = frozenset(
    {
        "prompt",
        "negative_prompt",
        "mode",
        "model",
        "quality",
        "aspect_ratio",
        "steps",
        "guidance",
        "seed",
        "seed_locked",
        "shot_type",
        "camera_angle",
        "style",
        "style_text",
        "lighting",
        "composition",
        "colour_grading",
        "texture",
        "content_mode",
        "enhancement",
        "enhancement_only",
    }
)
_PICTURES = frozenset({"batch_size", "reference", "style_reference"})
_CLIPS = frozenset({"start_reference", "end_reference", "length_seconds", "motion"})

# Compel's weights are for SDXL's text encoders; WAN's has no such thing.
LANE_CONTROLS: dict[tuple[str, str], frozenset[str]] = {
    (Lane.SDXL, Mode.IMAGE): _EVERYWHERE | _PICTURES | {"term_weights"},
    (Lane.WAN, Mode.IMAGE): _EVERYWHERE | _PICTURES,
    (Lane.WAN, Mode.VIDEO): _EVERYWHERE | _CLIPS,
}

ONLY_SOME_HONOUR = frozenset.union(*LANE_CONTROLS.values()) - _EVERYWHERE


def controls_of(lane: str, mode: str) -> frozenset[str] | None:
    """The names of the controls that `lane` honours in `mode`; None if it has no such mode."""
    return LANE_CONTROLS.get((lane, mode))


@dataclass(frozen=True)
class ReferenceField:
    """A reference box: its role, and how its picture is used where nothing else was asked."""

    role: ReferenceRole
    kind: ReferenceKind
    strength: float
    kinds_allowed: bool = False


REFERENCE_FIELDS = {
    "reference": ReferenceField(ReferenceRole.REFERENCE, ReferenceKind.STYLE, 0.5, True),
    "style_reference": ReferenceField(ReferenceRole.STYLE, ReferenceKind.STYLE, 0.5),
    "start_reference": ReferenceField(ReferenceRole.START, ReferenceKind.COMPOSITION, 0.9),
    "end_reference": ReferenceField(ReferenceRole.END, ReferenceKind.COMPOSITION, 0.9),
}
