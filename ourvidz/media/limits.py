"""What is accepted from outside. Plain figures, so that the decoder process can import them."""

MAX_UPLOAD_BYTES = 25 * 1024 * 1024
MAX_REFERENCE_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_SIDE = 12_000  # pixels
DECODE_SECONDS = 9  # so that the reason is there within 10
DECODE_MEMORY = 1024 * 1024 * 1024  # bytes of address space; the largest picture takes half
MAX_CLIP_SECONDS = 600
REMUX_SECONDS = 60  # of processor time
REMUX_MEMORY = 2 * 1024 * 1024 * 1024  # bytes of address space
