"""A picture as 64 bits that stay nearly the same when it is scaled, recompressed or retouched.

The method is Zauner's pHash ("Implementation and Benchmarking of Perceptual Image Hash
Functions", 2010), as phash.org and the package ImageHash have it: the lowest frequencies of a
small grey picture, each above their median or not. Here the mean's bit is always 0, for it says
nothing, so that a hash is at most 2**63 - 1 and fits a signed column.
"""

import math

import numpy as np
from PIL import Image

PLAIN = 0  # the hash of a picture with nothing in it: it is like no other
_SIDE = 32  # pixels of the small picture
_KEPT = 8  # frequencies across and down
_FAINT = 0.25  # grey levels; what is fainter is noise of the encoder


def perceptual_hash(image: Image.Image) -> int:
    """The hash of an RGB picture of any size; PLAIN where it has no structure."""
    small = image.convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX)
    spectrum = _COSINES @ np.asarray(small, dtype=float) @ _COSINES.T
    values = np.where(np.abs(spectrum) < _FAINT, 0.0, spectrum).ravel()[1:]
    if not values.any():
        return PLAIN
    bits = np.packbits(np.concatenate(([False], values > np.median(values))))
    return int.from_bytes(bits.tobytes()) or PLAIN


def _cosines() -> np.ndarray:
    """The first cosines over the small picture's side (DCT-II), scaled to amplitudes."""
    places = (np.arange(_SIDE) + 0.5) * math.pi / _SIDE
    return np.cos(np.outer(np.arange(_KEPT), places)) * 2 / _SIDE


_COSINES = _cosines()
