"""The default calibration set is what its ledger says, and a set of any kind is read as promised."""

import csv
import hashlib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from exporters.calibration import choose, pictures
from exporters.calibration.pictures import calibration_set, default_pictures, golden_pictures
from models.errors import UserError
from models.pictures import find_pictures
from models.preprocessing import Preprocessing, Resize, decode, read_picture

RULE = Preprocessing(width=16, height=12, resize=Resize(width=16, height=12))
FOLDER = Path(pictures.__file__).parent


def ledger() -> list[dict[str, str]]:
    with (FOLDER / "LEDGER.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def draw(folder: Path, count: int) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{number:03}.png" for number in range(count)]
    for number, path in enumerate(paths):
        Image.new("RGB", (20, 20), (number, 0, 0)).save(path)
    return paths


class TestDefaultSet:
    """The shipped files."""

    def test_the_ledger_is_the_folder(self) -> None:
        assert sorted(row["file"] for row in ledger()) == [path.name for path in default_pictures()]
        assert len(default_pictures()) == 100
        assert all(path.suffix == ".jpg" for path in (FOLDER / "pictures").iterdir())

    def test_the_digests_are_the_files(self) -> None:
        for row in ledger():
            content = (FOLDER / "pictures" / row["file"]).read_bytes()
            assert hashlib.sha256(content).hexdigest() == row["sha256"], row["file"]

    def test_every_licence_lets_us_ship_the_picture(self) -> None:
        permitted = {"LicenseRef-public-domain", "CC0-1.0", "CC-BY-1.0", "CC-BY-2.0", "CC-BY-3.0"}
        for row in ledger():
            assert row["licence"] in permitted, row["file"]
            assert row["note_licence"] in permitted | {""}, row["file"]
            assert row["holder"], row["file"]
            assert row["source"].startswith(("https://", "http://www.openclipart.org")), row["file"]
            assert row["package_version"], row["file"]

    def test_photographs_have_their_note_and_drawings_are_public_domain(self) -> None:
        for row in ledger():
            noted = [bool(row[name]) for name in ("note_licence", "note_author", "note_source")]
            assert noted == [row["label"] == "photo"] * 3, row["file"]
            assert row["label"] == "photo" or row["licence"] == "LicenseRef-public-domain", row["file"]

    def test_who_must_be_credited_is(self) -> None:
        text = (FOLDER / "LICENSES.md").read_text(encoding="utf-8")
        lines = {line.split("|")[1].strip(" `"): line for line in text.splitlines() if line.startswith("| `")}
        credited = [row for row in ledger() if row["licence"].startswith("CC-BY-")]
        assert sorted(lines) == sorted(row["file"] for row in credited)
        for row in credited:
            version = row["licence"].removeprefix("CC-BY-")
            assert f"[{row['holder']}](<{row['source']}>)" in lines[row["file"]]
            assert f"https://creativecommons.org/licenses/by/{version}/" in lines[row["file"]]
            assert row["changes"] == "resized and re-encoded"

    def test_photographs_and_drawings_few_of_one_source(self) -> None:
        kinds = Counter(row["label"] for row in ledger())
        assert set(kinds) == {"photo", "drawing"}
        assert min(kinds.values()) >= 40
        assert max(Counter(row["original_path"] for row in ledger()).values()) <= 2

    def test_small(self) -> None:
        assert sum(path.stat().st_size for path in default_pictures()) < 2_000_000

    def test_every_picture_is_readable_and_has_content(self) -> None:
        for path in default_pictures():
            assert read_picture(path, RULE).std() > 5, path

    def test_the_photographs_of_the_list_are_those_in_the_ledger(self) -> None:
        names = ("crop", "source", "note_author", "note_licence", "note_source")
        with (FOLDER / "photographs.csv").open(encoding="utf-8", newline="") as stream:
            listed = sorted([row[name] for name in names] for row in csv.DictReader(stream))
        assert sorted([row[name] for name in names] for row in ledger() if row["label"] == "photo") == listed

    def test_golden_pictures_are_six_of_them_and_unlike(self) -> None:
        chosen = golden_pictures()
        assert set(chosen) < set(default_pictures())
        assert len(chosen) == len(set(chosen)) == 6
        assert sum(path.name.startswith("photo-") for path in chosen) == 3
        licences = {row["file"]: row["licence"] for row in ledger()}
        assert {licences[path.name] for path in chosen} <= {"LicenseRef-public-domain", "CC0-1.0"}
        brightness = [read_picture(path, RULE).mean() for path in chosen]
        assert min(brightness) < 80
        assert max(brightness) > 200
        shapes = [width / height for height, width, _ in (decode(path, RULE).shape for path in chosen)]
        assert min(shapes) < 0.8
        assert max(shapes) > 1.5

    def test_it_is_a_calibration_set(self) -> None:
        default = calibration_set()
        assert default.paths == default_pictures()
        digests = "\n".join(sorted(row["sha256"] for row in ledger()))
        assert default.sha256 == hashlib.sha256(digests.encode()).hexdigest()
        assert sum(len(batch) for batch in default.batches(RULE, 32)) == 100


def test_a_folder_of_ones_own(tmp_path: Path) -> None:
    paths = draw(tmp_path / "a", 10) + draw(tmp_path / "b" / "c", 10)
    own = calibration_set(tmp_path)
    assert own.paths == tuple(paths) == tuple(find_pictures([tmp_path]))
    assert own.sha256 != calibration_set().sha256


def test_the_digest_depends_on_content_alone(tmp_path: Path) -> None:
    draw(tmp_path / "a", 20)
    for number, path in enumerate(draw(tmp_path / "b", 20)):
        path.rename(path.with_name(f"{(number * 7) % 20}-renamed.png"))
    first, second = calibration_set(tmp_path / "a"), calibration_set(tmp_path / "b")
    assert first.sha256 == second.sha256
    Image.new("RGB", (20, 20), (255, 0, 0)).save(first.paths[0])
    assert calibration_set(tmp_path / "a").sha256 != first.sha256


def test_batches_can_be_read_again(tmp_path: Path) -> None:
    draw(tmp_path, 20)
    own = calibration_set(tmp_path)
    first, second = list(own.batches(RULE, 8)), list(own.batches(RULE, 8))
    assert [batch.shape for batch in first] == [(8, 12, 16, 3), (8, 12, 16, 3), (4, 12, 16, 3)]
    assert all(np.array_equal(one, other) for one, other in zip(first, second, strict=True))
    assert np.concatenate(first)[:, 0, 0, 0].tolist() == list(range(20))


def test_unreadable_pictures_are_passed_over(tmp_path: Path) -> None:
    paths = draw(tmp_path, 20)
    for path in paths[3:7]:
        path.write_bytes(b"nonsense")
    shades = np.concatenate(list(calibration_set(tmp_path).batches(RULE, 5)))[:, 0, 0, 0]
    assert shades.tolist() == [0, 1, 2, *range(7, 20)]


def test_too_few_readable_pictures_are_refused(tmp_path: Path) -> None:
    for path in draw(tmp_path, 20)[2:7]:
        path.write_bytes(b"")
    own = calibration_set(tmp_path)
    with pytest.raises(UserError) as caught:
        list(own.batches(RULE, 8))
    assert str(caught.value) == (
        f"{tmp_path}: too few readable pictures (got 15 of 20). Give at least 16, better 100 or more."
    )


def test_what_can_be_read_is_known_before_the_work(tmp_path: Path) -> None:
    paths = draw(tmp_path, 20)
    own = calibration_set(tmp_path)
    assert own.readable(RULE) is own
    for path in paths[3:7]:
        path.write_bytes(b"nonsense")
    left = calibration_set(tmp_path).readable(RULE)
    assert left.paths == (*paths[:3], *paths[7:])
    for path in paths[3:7]:
        path.unlink()
    assert left.sha256 == calibration_set(tmp_path).sha256
    paths[0].write_bytes(b"nonsense")
    with pytest.raises(UserError, match=r"too few readable pictures \(got 15 of 16\)"):
        calibration_set(tmp_path).readable(RULE)


def test_only_unreadable_pictures_are_refused(tmp_path: Path) -> None:
    for path in draw(tmp_path, 20):
        path.write_bytes(b"nonsense")
    with pytest.raises(UserError, match="got 0 of 20"):
        list(calibration_set(tmp_path).batches(RULE, 8))


def test_too_few_pictures_are_refused_at_once(tmp_path: Path) -> None:
    draw(tmp_path, 15)
    with pytest.raises(UserError) as caught:
        calibration_set(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}: too few pictures to calibrate on (got 15). Give at least 16, better 100 or more."
    )


def test_no_pictures_and_no_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no picture in this folder"):
        calibration_set(tmp_path)
    with pytest.raises(UserError, match="no such file or folder"):
        calibration_set(tmp_path / "no")


def corpus(folder: Path, licence: str = "CC-BY-2.0", drawings: str = "LicenseRef-public-domain") -> Path:
    """Write a corpus of the shape that ``choose`` reads: what it must take, and what it must not."""
    with (FOLDER / "photographs.csv").open(encoding="utf-8", newline="") as stream:
        listed = list(csv.DictReader(stream))
    originals = [(f"rcc!/activities/{row['original']}.webp", row["crop"]) for row in listed]
    rows = [("photo", "gcompris-qt-data", original, crop, licence) for original, crop in originals]
    rows += [("photo", "gcompris-qt-data", original, "9,9,9,9", "GPL-2.0-only") for original, _ in originals]
    rows += [
        ("cartoon", "openclipart-png", f"png/{kind}/{n}.png", "full", drawings) for kind in "abc" for n in range(30)
    ]
    rows += [("cartoon", "openclipart-png", "png/a/ms_01.png", "full", drawings)]
    rows += [("cartoon", "wesnoth", "x.png", "full", "GPL-2.0-only")]
    lines = ["file,label,split,package,package_version,original_path,crop,licence,sha256"]
    backgrounds, holders = ["file,background"], ["file,licence,copyright_holder"]
    for number, (label, package, original, crop, terms) in enumerate(rows):
        content = number.to_bytes(2) + bytes(8000)
        name = f"{number}.jpg"
        (folder / name).write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        lines.append(f'{name},{label},train,{package},1,{original},"{crop}",{terms},{digest}')
        backgrounds.append(f"{name},{'photo:1.jpg' if number % 7 == 0 else '#123456'}")
        holders.append(f"{name},{terms},holder {number}")
    (folder / "manifest.csv").write_text("\n".join(lines))
    (folder / "manifest_extra.csv").write_text("\n".join(backgrounds))
    (folder / "attribution.csv").write_text("\n".join(holders))
    return folder


def test_the_choice_can_be_made_again(tmp_path: Path) -> None:
    rows = choose.choose(corpus(tmp_path))
    assert rows == choose.choose(tmp_path)
    photos = [row for row in rows if row["label"] == "photo"]
    drawings = [row for row in rows if row["label"] == "drawing"]
    assert len({row["file"] for row in rows}) == len(photos) + len(drawings) == 100
    assert sorted(row["crop"] for row in photos) == sorted(row["crop"] for row in ledger() if row["label"] == "photo")
    assert {row["package"] for row in drawings} == {"openclipart-png"}
    assert not any(row["original_path"].endswith("ms_01.png") for row in drawings)
    assert not any(int(row["from"].removesuffix(".jpg")) % 7 == 0 for row in drawings)
    subjects = Counter(Path(row["original_path"]).parent.name for row in drawings)
    assert max(subjects.values()) - min(subjects.values()) <= 1
    assert all(row["holder"] == f"holder {row['from'].removesuffix('.jpg')}" for row in rows)
    assert {row["licence"] for row in photos} == {"CC-BY-2.0"}


@pytest.mark.parametrize("licence", ["GPL-2.0-only", "CC-BY-SA-3.0", "CC-BY-NC-2.0", "GFDL-1.2-no-invariants-only", ""])
def test_a_licence_that_is_not_permitted_is_refused(tmp_path: Path, licence: str) -> None:
    with pytest.raises(UserError) as caught:
        choose.choose(corpus(tmp_path, licence))
    assert str(caught.value) == (
        f"0.jpg: its licence does not let us ship it (got {licence or 'none'}). "
        "Take only CC-BY-1.0, CC-BY-2.0, CC-BY-3.0, CC0-1.0, LicenseRef-public-domain."
    )
    with pytest.raises(UserError, match="does not let us ship it"):
        choose.choose(corpus(tmp_path, drawings=licence))


def test_a_note_that_is_stricter_than_the_manifest_is_refused() -> None:
    row = {"file": "a.jpg", "licence": "CC0-1.0", "note_licence": "CC-BY-SA-4.0"}
    with pytest.raises(UserError, match=r"got CC-BY-SA-4\.0"):
        choose.permitted(row)
    assert choose.permitted(row | {"note_licence": ""})
    assert choose.permitted({"file": "a.jpg", "licence": "CC-BY-3.0"})
