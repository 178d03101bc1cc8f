"""Tiny models for the backends' tests, made once in a run."""

import pytest


@pytest.fixture(scope="session")
def sdxl_folder(tmp_path_factory):
    """A folder with a tiny SDXL pipeline."""
    from tests.generation.backends import tiny_models

    return tiny_models.sdxl(tmp_path_factory.mktemp("sdxl"))


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    """Tiny tensors are slower on several threads, and the machine's cores are shared."""
    try:
        import torch
    except ImportError:
        return
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def wan_folders(tmp_path_factory):
    """Folders with tiny WAN pipelines, by the options that name them."""
    from tests.generation.backends import tiny_wan

    folder = tmp_path_factory.mktemp("wan")
    return {
        "model": str(tiny_wan.from_words(folder / "words")),
        "image_model": str(tiny_wan.from_frames(folder / "frame")),
        "first_last_model": str(tiny_wan.from_frames(folder / "frames", both=True)),
    }
