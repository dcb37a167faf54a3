"""Each source's inputs in miniature, with pictures that a server or this machine has."""

import base64
import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from toolchain.data.ledger import Entry, write_ledger


@dataclass(frozen=True)
class Miniature:
    """What to give to ``rct data fetch``, and what should come of it.

    Attributes:
        inputs: files and folders.
        settings: each "key=value".
        served: pictures by path on the server.
        labels: what each key should say yes and no to.
    """

    inputs: Sequence[Path]
    settings: Sequence[str]
    served: dict[str, bytes]
    labels: dict[str, dict[str, bool]]


def picture(number: int, form: str = "JPEG") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (24 + number, 16), (40 * number % 256, 80, 120)).save(buffer, form)
    return buffer.getvalue()


def _lines(path: Path, lines: Sequence[object]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return path


def _bytes(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def url_list(folder: Path, at: Callable[[str], str]) -> Miniature:
    path = _lines(folder / "urls.txt", ["# mine", at("/1.jpg"), at("/2.jpg")])
    labels = {at(f"/{n}.jpg"): {"adult": False} for n in (1, 2)}
    return Miniature([path], ["no=adult"], {"/1.jpg": picture(1), "/2.jpg": picture(2)}, labels)


def folder(folder: Path, at: Callable[[str], str]) -> Miniature:
    _bytes(folder / "p/train/cartoon/a.jpg", picture(1))
    _bytes(folder / "p/val/photo/b.png", picture(2, "PNG"))
    labels = {"train/cartoon/a.jpg": {"cartoon": True}, "val/photo/b.png": {"cartoon": False}}
    return Miniature([folder / "p"], ["categories=cartoon"], {}, labels)


def table(folder: Path, at: Callable[[str], str]) -> Miniature:
    rows = ["id,link,adult,md5", f"1,{at('/1.jpg')},yes,{hashlib.md5(picture(1)).hexdigest()}", f"2,{at('/2.jpg')},0,"]
    path = _lines(folder / "t.csv", rows)
    served = {"/1.jpg": picture(1), "/2.jpg": picture(2)}
    return Miniature(
        [path], ["key=id", "url=link", "yes_no=adult"], served, {"1": {"adult": True}, "2": {"adult": False}}
    )


def webdataset(folder: Path, at: Callable[[str], str]) -> Miniature:
    path = folder / "shards" / "s-0.tar"
    path.parent.mkdir(parents=True)
    with tarfile.open(path, "w") as tar:
        for name, content in [
            ("1.jpg", picture(1)),
            ("1.json", json.dumps({"label": "cartoon"}).encode()),
            ("2.webp", picture(2, "WEBP")),
            ("2.cls", b"1"),
        ]:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    labels = {"s-0/1": {"cartoon": True}, "s-0/2": {"cartoon": False}}
    return Miniature([path.parent], ["classes=cartoon,photo", "categories=cartoon"], {}, labels)


def open_images(folder: Path, at: Callable[[str], str]) -> Miniature:
    heading = (
        "ImageID,Subset,OriginalURL,OriginalLandingURL,License,AuthorProfileURL,Author,Title,OriginalSize,OriginalMD5,"
        "Thumbnail300KURL,Rotation"
    )

    def row(number: int, thumbnail: str, original: bytes, rotation: str = "0.0") -> str:
        md5 = base64.b64encode(hashlib.md5(original).digest()).decode()
        page, person = f"https://www.example/photos/{number}", f"https://www.example/people/{number % 2}/"
        return (
            f"{number:016x},train,{at(f'/{number}_o.jpg')},{page},https://creativecommons.org/licenses/by/2.0/,{person},"
            f'Ann {number % 2},"A title, ""quoted""",{len(original)},{md5},{thumbnail},{rotation}'
        )

    rows = [
        row(1, at("/1_z.jpg"), picture(11), "90.0"),
        row(2, "", picture(12)),
        row(3, at("/3_z.jpg"), picture(13), "nan"),
    ]
    labels = [
        "ImageID,Source,LabelName,Confidence",
        f"{1:016x},machine,/m/083kb,0.9",
        f"{2:016x},verification,/m/083kb,0",
        f"{3:016x},verification,/m/01cgz,1",
        f"{4:016x},verification,/m/0other,1",
    ]
    _lines(folder / "oi/train-images.csv", [heading, *rows])
    _lines(folder / "oi/labels.csv", labels)
    _lines(folder / "oi/dict.csv", ['"/m/083kb","weapon"', '"/m/01cgz","boxing"', '"/m/0other","sofa"'])
    return Miniature(
        [folder / "oi"],
        ["yes=violence=weapon", "no=violence=boxing"],
        {"/1_z.jpg": picture(1), "/2_o.jpg": picture(12), "/3_z.jpg": picture(3)},
        {f"{number:016x}": {"violence": number == 1} for number in (1, 2, 3)},
    )


def nus_wide(folder: Path, at: Callable[[str], str]) -> Miniature:
    names = [r"actor\0001_11.jpg", r"beach\0002_12.jpg", r"cat\0003_13.jpg"]
    rows = [
        rf"C:\ImageData\Flickr\{name}   {11 + n}  null  {at(f'/{n}.jpg')}  null  null" for n, name in enumerate(names)
    ]
    _lines(
        folder / "nus/NUS-WIDE-urls.txt",
        ["%%%%Photo_file Photo_id url_Large url_Middle url_Small url_Original%%%%", *rows],
    )
    _lines(folder / "nus/ImageList/Imagelist.txt", names)
    _lines(folder / "nus/Groundtruth/AllLabels/Labels_beach.txt", [0, 1, 0])
    labels = {"actor/0001_11.jpg": {"adult": False}, "cat/0003_13.jpg": {"adult": False}}
    served = {"/0.jpg": picture(1), "/2.jpg": picture(3)}
    return Miniature([folder / "nus"], ["normal=adult", "unclean=beach"], served, labels)


def hub_db(folder: Path, at: Callable[[str], str]) -> Miniature:
    made = {"timestamp": 1, "votes": 3, "views": 9, "num_comments": 0, "segment": "straight", "album_title": "Album"}
    rows = [{**made, "uri": at(f"/{n}.{end}"), "album_id": 7, "image_id": n} for n, end in ((1, "jpg"), (2, "gif"))]
    path = _lines(folder / "db.jsonl", [json.dumps(row) for row in rows])
    served = {"/1.jpg": picture(1), "/2.gif": picture(2, "GIF")}
    return Miniature([path], [], served, {"1": {"adult": True}, "2": {"adult": True}})


def datasets(folder: Path, at: Callable[[str], str]) -> Miniature:
    for name, source, url in (("one", "open-images", at("/1.jpg")), ("two", "folder", "")):
        _bytes(folder / name / "pictures" / "a.jpg", picture(len(name)))
        good = Entry("a", source, url, file="pictures/a.jpg", labels={"adult": not url}, group="g", rotation=90)
        write_ledger(folder / name, [good, Entry("b", source, status="timed out", labels={"adult": True})])
    labels = {"one/a": {"adult": False}, "two/a": {"adult": True}}
    return Miniature([folder / "one", folder / "two"], [], {}, labels)


MINIATURES: dict[str, Callable[[Path, Callable[[str], str]], Miniature]] = {
    "datasets": datasets,
    "folder": folder,
    "hub-db": hub_db,
    "nus-wide": nus_wide,
    "open-images": open_images,
    "table": table,
    "url-list": url_list,
    "webdataset": webdataset,
}
