"""Where a file comes from, inside the file: how it was made, and that a machine made it.

PNG: the chunk `parameters` in the text form that image tools share, the same as JSON in
`ourvidz`, and an XMP packet. MP4: JSON in the tag `comment`, the text in `description`, and
the XMP packet as a box at the end. XMP holds IPTC's digital source type.
"""

import json
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import av
from PIL import PngImagePlugin

from ourvidz.media.probe import MediaError
from ourvidz.media.tell import PNG_SIGNATURE, SHARED_NAMES

DIGITAL_SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
_XMP_BOX = UUID("be7acfcb-97a9-42e8-9c71-999491e3afac").bytes  # XMP specification part 3
_XMP = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    Iptc4xmpExt:DigitalSourceType="{DIGITAL_SOURCE_TYPE}"
    xmp:CreatorTool="OurVidz"/>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""

_TOLD_CHUNKS = {b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"}


def png_chunks(parameters: dict) -> PngImagePlugin.PngInfo:
    """The text chunks to save a PNG with."""
    chunks = PngImagePlugin.PngInfo()
    chunks.add_text("parameters", as_text(parameters))
    chunks.add_text("ourvidz", json.dumps(parameters))
    chunks.add_itxt("XML:com.adobe.xmp", _XMP)
    return chunks


def mp4_tags(parameters: dict) -> dict[str, str]:
    """The metadata to save an MP4 with, in tags that every player and ffprobe show."""
    told = {"ourvidz": parameters, "digital_source_type": DIGITAL_SOURCE_TYPE}
    return {
        "title": str(parameters.get("prompt", ""))[:200],
        "comment": json.dumps(told),
        "description": as_text(parameters),
    }


def append_xmp_box(path: Path) -> None:
    """Put the XMP packet at the end of an MP4, where it moves nothing."""
    packet = _XMP.encode()
    with path.open("ab") as file:
        file.write(struct.pack(">I4s", 24 + len(packet), b"uuid") + _XMP_BOX + packet)


def as_text(parameters: dict) -> str:
    """The prompts, then a line of `Name: value` pairs, as image tools write it."""
    lines = [str(parameters.get("prompt", ""))]
    if negative := parameters.get("negative_prompt"):
        lines.append(f"Negative prompt: {negative}")
    pairs = [
        f"{name}: {parameters[key]}"
        for key, name in SHARED_NAMES.items()
        if parameters.get(key) not in (None, "")
    ]
    if {"width", "height"} <= parameters.keys():
        pairs.append(f"Size: {parameters['width']}x{parameters['height']}")
    pairs.append(f"Version: {parameters.get('app', 'OurVidz')}")
    return "\n".join([*lines, ", ".join(pairs)])


def strip(path: Path, to: Path) -> None:
    """Write a copy that says nothing of how it was made; pixels and frames stay bit for bit.

    MediaError where the file is damaged or is of another kind.
    """
    with path.open("rb") as file:
        start = file.read(12)
    try:
        if start.startswith(PNG_SIGNATURE):
            _strip_png(path, to)
        elif start[4:8] == b"ftyp":
            _strip_mp4(path, to)
        else:
            raise MediaError(f"{path.name} is neither PNG nor MP4")
    except (av.FFmpegError, IndexError, ValueError) as error:
        raise MediaError(f"{path.name} is not a whole MP4: {error}") from error


def _strip_png(path: Path, to: Path) -> None:
    with path.open("rb") as source, to.open("wb") as target:
        target.write(source.read(len(PNG_SIGNATURE)))
        for kind, body in _png_chunks_in(source):
            if kind not in _TOLD_CHUNKS:
                checksum = zlib.crc32(kind + body)
                target.write(struct.pack(">I", len(body)) + kind + body)
                target.write(struct.pack(">I", checksum))


def _png_chunks_in(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    while header := file.read(8):
        length, kind = struct.unpack(">I4s", header.ljust(8, b"\0"))
        body, checksum = file.read(length), file.read(4)
        if len(body) < length or len(checksum) < 4:
            raise MediaError("the PNG is cut off")
        yield kind, body
        if kind == b"IEND":
            return


def _strip_mp4(path: Path, to: Path) -> None:
    """Packets are copied as they are into a file without tags."""
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with (
        av.open(path, format="mp4") as source,
        av.open(to, "w", format="mp4", options=options) as target,
    ):
        original = source.streams.video[0]
        stream = target.add_stream_from_template(original)
        stream.metadata.clear()
        for packet in source.demux(original):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
