"""What is refused before a decoder meets it: small files of so many parts that they take long to decode."""  # noqa: INP001

import re

MAX_SCANS = 100
MAX_PARTS = 2_000  # segments of a JPEG before its first scan, and small chunks of a PNG
SMALL_CHUNK = 1024
SCAN = b"\xff\xda"
MARKER = re.compile(rb"\xff([\x01-\xcf\xd8-\xfe])")  # of a JPEG; neither a stuffed byte, nor fill, nor a restart


def excess(encoded: bytes) -> str:
    """Return what there is too much of in a JPEG or a PNG; empty where there is not, and for other formats."""
    if encoded.startswith(b"\x89PNG"):
        return png_excess(encoded)
    return jpeg_excess(encoded) if encoded.startswith(b"\xff\xd8") else ""


def jpeg_excess(jpeg: bytes) -> str:
    """Count what comes before the first scan, and scans where the two bytes that begin one are there often enough."""
    start = 0
    for _ in range(MAX_PARTS):
        head = jpeg[start : start + 4]
        if head[:2] == SCAN or len(head) < 4:
            break
        if head[0] != 0xFF or not 0xC0 <= head[1] < 0xFF:
            start += 1  # a stray byte, or fill
        else:
            start += 2 if 0xD0 <= head[1] <= 0xD9 else 2 + max(2, int.from_bytes(head[2:], "big"))
    else:
        return f"more than {MAX_PARTS:,} segments"
    many = jpeg.count(SCAN) > MAX_SCANS and scans(jpeg) > MAX_SCANS
    return f"more than {MAX_SCANS} scans" if many else ""


def scans(jpeg: bytes) -> int:
    """Return how many scans begin before the picture's end, counted up to one more than there may be."""
    found = at = 0
    while found <= MAX_SCANS and (marker := MARKER.search(jpeg, at)):
        kind, at = marker[1][0], marker.end()
        if kind == 0xD9:
            break
        found += kind == SCAN[1]
        if kind >= 0xC0 and kind != 0xD8:
            at += max(2, int.from_bytes(jpeg[at : at + 2], "big"))
    return found


def png_excess(png: bytes) -> str:
    """Count small chunks, each of which is a step in Python, and colour profiles, of which a PNG has one."""
    at, small, profiles = 8, 0, 0
    while (kind := png[at + 4 : at + 8]) and kind != b"IEND":
        length = int.from_bytes(png[at : at + 4], "big")
        small += length < SMALL_CHUNK
        profiles += kind == b"iCCP"
        if small > MAX_PARTS:
            return f"more than {MAX_PARTS:,} small chunks"
        if profiles > 1:
            return "more than one colour profile"
        at += length + 12
    return ""
