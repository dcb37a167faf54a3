"""What an encoded picture is made of, counted before a decoder meets it: small files that take long to decode.

A header says how many pixels a picture has, not how often they are gone over. A progressive JPEG may do so as often
as it likes, with a scan of 46 bytes for every time; each segment of a JPEG and each chunk of a PNG is a step in Python;
and each colour profile of a PNG inflates to a megabyte. So these are counted, in time linear in the file's size. Usual
files have far fewer: some ten scans, some dozens of segments and chunks, one profile.
"""

import os
import re
from typing import IO

MAX_SCANS = 100
"""Most scans of a JPEG."""

MAX_STEPS = 2_000
"""Most segments and stray bytes before a JPEG's first scan, and most chunks under 1,024 bytes of a PNG."""

_BLOCK = 1 << 20
_SMALL_CHUNK = 1024
_SOS, _EOI = 0xDA, 0xD9
_NO_FRAMES = {0xC4, 0xC8, 0xCC}  # Huffman tables, reserved, arithmetic conditioning
_SEQUENTIAL = {0xC0, 0xC1, 0xC9}
_SCAN = b"\xff\xda"
_MARKER = re.compile(rb"\xff([\x01-\xcf\xd8-\xfe])")  # neither a stuffed byte, nor fill, nor a restart


def excess(form: str, stream: IO[bytes]) -> str | None:
    """Return what there is too much of in a picture of the format ``form``, None where there is not.

    The stream is read from its start, and left there.
    """
    count = {"JPEG": _jpeg_excess, "PNG": _png_excess}.get(form)
    if count is None:
        return None
    stream.seek(0)
    try:
        return count(stream)
    finally:
        stream.seek(0)


def _jpeg_excess(stream: IO[bytes]) -> str | None:
    """Count segments up to the first scan; where that has not all there is to the picture, count scans too."""
    start, components, one_pass = 0, b"", True
    for _ in range(MAX_STEPS):
        head = stream.read(4)
        if head[:2] == _SCAN or len(head) < 4:
            break
        kind = head[1]
        if head[0] != 0xFF or not 0xC0 <= kind < 0xFF:
            start += 1  # a stray byte, or fill
        elif 0xD0 <= kind <= 0xD9:
            start += 2
        else:
            if 0xC0 <= kind <= 0xCF and kind not in _NO_FRAMES:
                components = stream.read(6)[5:]
                one_pass &= kind in _SEQUENTIAL
            start += 2 + max(2, int.from_bytes(head[2:]))
        stream.seek(start)
    else:
        return f"more than {MAX_STEPS:,} segments"
    if one_pass and stream.read(1) == components:
        return None
    stream.seek(start)
    if _at_most_scans(stream) <= MAX_SCANS:
        return None
    stream.seek(start)
    return f"more than {MAX_SCANS} scans" if _scans(stream.read()) > MAX_SCANS else None


def _at_most_scans(stream: IO[bytes]) -> int:
    """Return how often the marker of a scan is in the stream's bytes, whatever they are."""
    found, last = 0, b""
    while block := stream.read(_BLOCK):
        found += (last + block).count(_SCAN)
        last = block[-1:]
    return found


def _scans(content: bytes) -> int:
    """Return how many scans begin before the picture's end, counted up to one more than there may be.

    A segment hides what is in it. Markers that no decoder knows hide nothing: some skip them without their length.
    """
    found = at = 0
    while found <= MAX_SCANS and (marker := _MARKER.search(content, at)):
        kind, at = marker[1][0], marker.end()
        if kind == _EOI:
            break
        found += kind == _SOS
        if kind >= 0xC0 and kind != 0xD8:
            at += max(2, int.from_bytes(content[at : at + 2]))
    return found


def _png_excess(stream: IO[bytes]) -> str | None:
    end = stream.seek(0, os.SEEK_END)
    at, small, profiles = 8, 0, 0
    while at < end:
        stream.seek(at)
        head = stream.read(8)
        length, kind = int.from_bytes(head[:4]), head[4:]
        if kind == b"IEND":
            break
        small += length < _SMALL_CHUNK
        profiles += kind == b"iCCP"
        if small > MAX_STEPS:
            return f"more than {MAX_STEPS:,} small chunks"
        if profiles > 1:
            return "more than one colour profile"
        at += length + 12
    return None
