"""Rows of Open Images' files, versions 1 to 7, and what a test says of the items that are read from them."""

import base64
import hashlib

HEAD_1 = (
    "ImageID,Subset,OriginalURL,OriginalLandingURL,License,AuthorProfileURL,Author,Title,OriginalSize,OriginalMD5,"
    "Thumbnail300KURL"
)
HEAD_4 = f"{HEAD_1},Rotation"
LABELS = "ImageID,Source,LabelName,Confidence"
BOXES = "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,IsDepiction,IsInside"
DICT_1 = ['"/m/0chbx","violence"', '"/m/083kb","weapon"', '"/m/01cgz","boxing"', '"/m/0c1","bloodhound"']
VIOLENCE, WEAPON, BOXING = "/m/0chbx", "/m/083kb", "/m/01cgz"
LICENCE = "https://creativecommons.org/licenses/by/2.0/"


def image_id(number):
    return f"{number:016x}"


def image(number, *, subset="train", thumbnail=True, md5=b"x", author="ann", title="A title", rotation=None):
    digest = base64.b64encode(hashlib.md5(md5).digest()).decode() if md5 else ""
    fields = [
        image_id(number),
        subset,
        f"https://farm.example/{number}_o.jpg",
        f"https://www.example/photos/{number}",
        LICENCE,
        f"https://www.example/people/{author}/",
        author,
        title,
        "1",
        digest,
        f"https://farm.example/{number}_z.jpg" if thumbnail else "",
    ]
    return ",".join([*fields, *([] if rotation is None else [rotation])])


def label(number, mid, confidence="1", source="verification"):
    return f"{image_id(number)},{source},{mid},{confidence}"


def labels_by_number(reading):
    return {int(item.key, 16): dict(item.labels) for item in reading.items}
