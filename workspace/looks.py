"""Built-in presets of the prompt bar: controls that belong together (FACTS)."""

from typing import NamedTuple


class Look(NamedTuple):
    """Values by control name; what is not named stays as it is."""

    label: str
    controls: dict[str, str]


def _look(label: str, **controls: str) -> Look:
    return Look(label, controls)


LOOKS = (
    _look(
        "Portrait",
        shot_type="close",
        camera_angle="eye_level",
        style="cinematic",
        lighting="soft",
        composition="rule_of_thirds",
        colour_grading="warm",
        texture="smooth",
    ),
    _look(
        "Landscape",
        shot_type="wide",
        camera_angle="none",
        style="cinematic",
        lighting="natural",
        composition="golden_ratio",
        colour_grading="cinematic",
        texture="textured",
    ),
    _look(
        "Product",
        shot_type="close",
        camera_angle="eye_level",
        style="none",
        lighting="studio",
        composition="symmetrical",
        colour_grading="modern",
        texture="glossy",
    ),
    _look(
        "Artistic",
        shot_type="medium",
        camera_angle="low_angle",
        style="dreamy",
        lighting="dramatic",
        composition="dynamic",
        colour_grading="vintage",
        texture="grainy",
    ),
    _look(
        "Commercial",
        shot_type="medium",
        camera_angle="eye_level",
        style="boost",
        lighting="studio",
        composition="rule_of_thirds",
        colour_grading="modern",
        texture="smooth",
    ),
)
