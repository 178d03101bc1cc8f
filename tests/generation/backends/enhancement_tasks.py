"""A task for enhancers."""

from generation.backends.base import EnhancementTask


def make_enhancement(prompt="a fox", **changes) -> EnhancementTask:
    fields = {
        "prompt": prompt,
        "model": "sdxl",
        "mode": "image",
        "method": "instruct",
        "system_prompt": "You improve prompts.",
        "temperature": 0.7,
        "top_p": 0.9,
        "budget": 40,
        **changes,
    }
    return EnhancementTask(**fields)
