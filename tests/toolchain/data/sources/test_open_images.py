"""Open Images of versions 1 to 7, in miniature."""

import base64
import gzip
import hashlib
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import toolchain.data.sources.open_images as open_images
from models.errors import UserError
from toolchain.data.problems import Problems

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


@pytest.fixture
def found(read, write, tmp_path):
    """Read a miniature: images, labels and what else is given by file name."""

    def found(images, labels, *given, heading=HEAD_1, classes=DICT_1, **others):
        write("in/images.csv", [heading, *images])
        write("in/labels.csv", [LABELS, *labels])
        if classes:
            write("in/dict.csv", classes)
        for name, content in others.items():
            write(f"in/{name}.csv", content)
        return read("open-images", tmp_path / "in", settings=given)

    return found


def labels_by_number(found):
    return {int(item.key, 16): dict(item.labels) for item in found.items}


def test_version_1_with_names_and_mids(found):
    reading = found(
        [image(1, author="ann", title='"Say ""no"", twice"'), image(2, subset="validation"), image(3, md5=b"")],
        [label(1, WEAPON, "0.9", "machine"), label(2, VIOLENCE, "0.6", "machine"), label(3, BOXING, "0.5", "machine")],
        "yes=violence=Weapon,/m/0chbx",
        "no=violence=boxing",
    )
    assert labels_by_number(reading) == {1: {"violence": True}, 2: {"violence": True}, 3: {"violence": False}}
    one = reading.items[0]
    assert one.key == "0000000000000001"
    assert one.urls == ("https://farm.example/1_z.jpg", "https://farm.example/1_o.jpg")
    assert (one.md5, one.md5_of) == (hashlib.md5(b"x").hexdigest(), "https://farm.example/1_o.jpg")
    assert (one.licence, one.author, one.landing_page) == (LICENCE, "ann", "https://www.example/photos/1")
    assert (one.group, one.split) == ("https://www.example/people/ann/", "train")
    assert reading.items[1].split == "val"
    assert (reading.items[2].md5, reading.items[2].md5_of) == ("", "")
    assert reading.problems == {}


def test_people_overrule_machines_and_verified_negatives_are_kept(found):
    machine = [label(number, WEAPON, "0.9", "machine") for number in (1, 2, 3)]
    people = [
        label(1, WEAPON, "0"),
        label(2, WEAPON, "1"),
        label(4, WEAPON, "0", "crowdsource-verification"),
        label(5, WEAPON, "0"),
        label(5, VIOLENCE, "1"),
        label(6, WEAPON, "0"),
        label(6, WEAPON, "1"),
        label(7, WEAPON, "0.4", "machine"),
    ]
    reading = found([image(n) for n in range(1, 9)], machine + people, "yes=violence=weapon,violence")
    assert labels_by_number(reading) == {
        1: {"violence": False},
        2: {"violence": True},
        3: {"violence": True},
        4: {"violence": False},
        5: {"violence": True},
    }
    assert reading.problems == {"a label that people disagree over": 1}
    assert reading.places["a label that people disagree over"] == [image_id(6)]


def test_a_machine_must_be_sure_enough(found):
    labels = [label(n, WEAPON, f"0.{n}", "machine") for n in range(10)]
    images = [image(n) for n in range(10)]
    assert set(labels_by_number(found(images, labels, "yes=violence=weapon"))) == {5, 6, 7, 8, 9}
    assert set(labels_by_number(found(images, labels, "yes=violence=weapon", "min_confidence=0.8"))) == {8, 9}


def test_a_label_that_shows_a_category_beats_one_that_is_mistaken_for_it(found):
    labels = [label(1, WEAPON), label(1, BOXING), label(2, BOXING)]
    reading = found([image(1), image(2)], labels, "yes=violence=weapon", "no=violence=boxing;adult=weapon")
    assert labels_by_number(reading) == {1: {"violence": True, "adult": False}, 2: {"violence": False}}


def test_drawings_of_things_are_cartoons(found):
    def box(number, mid, depiction):
        return f"{image_id(number)},xclick,{mid},1,0.1,0.9,0.2,0.8,0,0,0,{depiction},0"

    boxes = [
        BOXES,
        box(1, "/m/0cat", 1),
        box(2, "/m/0cat", 0),
        box(3, WEAPON, 0),
        box(4, WEAPON, 1),
        box(5, "/m/0cat", -1),
    ]
    images = [image(n) for n in range(1, 6)]
    reading = found(images, [label(9, "/m/0dog")], "depictions=cartoon", "yes=violence=weapon", boxes=boxes)
    assert labels_by_number(reading) == {
        1: {"cartoon": True},
        3: {"violence": True},
        4: {"violence": True, "cartoon": True},
    }
    old = [BOXES.partition(",IsOccluded")[0], f"{image_id(2)},xclick,{WEAPON},1,0.1,0.9,0.2,0.8"]
    reading = found(images, [label(9, "/m/0dog")], "yes=violence=weapon", boxes=old)
    assert labels_by_number(reading) == {2: {"violence": True}}


def test_rotation_and_missing_thumbnails(found):
    turns = ["0.0", "90.0", "180.0", "270.0", "", "nan", "45.0", "left"]
    images = [image(n, rotation=turn, thumbnail=n % 2 == 0) for n, turn in enumerate(turns)]
    reading = found(images, [label(n, WEAPON) for n in range(8)], "yes=violence=weapon", heading=HEAD_4)
    assert [item.rotation for item in reading.items] == [0, 90, 180, 270, 0, 0, 0, 0]
    assert reading.problems == {"a rotation that is none": 2}
    assert reading.items[1].urls == ("https://farm.example/1_o.jpg",)
    assert len(reading.items[2].urls) == 2
    originals = found(images, [label(2, WEAPON)], "yes=violence=weapon", "size=original", heading=HEAD_4).items
    assert originals[0].urls == ("https://farm.example/2_o.jpg", "https://farm.example/2_z.jpg")


def test_the_bucket_comes_first_for_what_lies_in_it(found, read, tmp_path):
    images, labels = [image(1), image(2, subset="test")], [label(1, WEAPON), label(2, WEAPON)]
    given = ["yes=violence=weapon", "hosted=https://bucket.example/"]
    urls = [item.urls for item in found(images, labels, *given).items]
    assert [one[0] for one in urls] == [
        f"https://bucket.example/train/{image_id(1)}.jpg",
        f"https://bucket.example/test/{image_id(2)}.jpg",
    ]
    reading = found(images, labels, *given, hosted=[f"test/{image_id(2)}", "test/odd"])
    assert [len(item.urls) for item in reading.items] == [2, 3]
    assert reading.items[1].md5_of == "https://farm.example/2_o.jpg"
    assert reading.places == {"no image ID": ["hosted.csv:2"]}
    with pytest.raises(UserError, match="a list of hosted images, but no bucket"):
        read("open-images", tmp_path / "in", settings=given[:1])


def test_a_share_of_the_others_is_a_no_for_all(found):
    images = [image(n) for n in range(200)]
    labels = [label(n, WEAPON, "0.3", "machine") for n in range(50)] + [label(150, BOXING)]
    given = ["yes=violence=weapon;cartoon=boxing", "others=0.5"]
    reading = labels_by_number(found(images, labels, *given))
    assert reading.pop(150) == {"cartoon": True}
    assert set(map(str, reading.values())) == {"{'cartoon': False, 'violence': False}"}
    assert min(reading) >= 50
    assert 40 < len(reading) < 110
    assert labels_by_number(found(images, labels, *given)) == {**reading, 150: {"cartoon": True}}
    assert set(labels_by_number(found(images, labels, *given, "seed=1"))) != {*reading, 150}


def test_what_is_wrong_with_rows_is_counted(found):
    images = [
        image(1),
        image(1),
        image(2).replace("https://", "ftp://"),
        f"{image(3)},one more",
        image(4).replace(image_id(4), "xyz"),
        image(5).replace("==,", ","),
        image(6, author="Zoë").encode("latin-1").decode("utf-8", "surrogateescape"),
    ]
    labels = [label(n, WEAPON) for n in (1, 2, 3, 5, 6)]
    labels += [
        label(7, WEAPON, "often"),
        label(7, WEAPON, "0.5"),
        label(7, WEAPON, "1.5", "machine"),
        f"xyz,machine,{WEAPON},1",
    ]
    labels += ["1,2,3", label(8, WEAPON)]
    reading = found(
        [one.encode("utf-8", "surrogateescape").decode("latin-1") for one in images[:-1]] + [image(6, author="Zoë")],
        labels,
        "yes=violence=weapon",
    )
    assert set(labels_by_number(reading)) == {1, 5, 6}
    assert reading.problems == {
        "wrong number of fields": 2,
        "an image again": 1,
        "no address": 1,
        "an MD5 that is none": 1,
        "a confidence that is none": 3,
        "no image ID": 1,
        "labelled, but not among the images": 2,
    }


def test_rows_that_are_not_utf8(read, write):
    rows = "\n".join([HEAD_1, image(1, author="Zoë"), image(2)]).encode("latin-1")
    files = [write("i.csv", rows), write("l.csv", [LABELS, label(1, WEAPON), label(2, WEAPON)])]
    reading = read("open-images", *files, settings=["yes=violence=/m/083kb"])
    assert labels_by_number(reading) == {2: {"violence": True}}
    assert reading.places == {"not UTF-8": [f"i.csv: {image_id(1)}"]}


def test_marks_line_ends_and_gzip_make_no_difference(read, write):
    def windows(lines):
        return "\r\n".join([*lines, ""]).encode("utf-8-sig")

    inputs = [
        write("i.csv.gz", gzip.compress(windows([HEAD_4, image(1, rotation="90.0")]))),
        write("l.csv", windows([LABELS, label(1, WEAPON)])),
        write("c.csv", windows(["LabelName,DisplayName", "/m/083kb,Weapon", '/m/02wvth,"Fiat 500 ""topolino"""'])),
    ]
    (item,) = read(
        "open-images", *inputs, settings=['yes={"violence": ["weapon"], "car": ["fiat 500 \\"topolino\\""]}']
    ).items
    assert (item.rotation, item.labels) == (90, {"violence": True})


@pytest.mark.parametrize("name", ["blood", "gore", "meme", "bloodhoun"])
def test_names_are_whole_and_the_nearest_is_offered(found, name):
    with pytest.raises(UserError, match=f"open-images: no label is named '{name}'.") as caught:
        found([image(1)], [label(1, WEAPON)], f"yes=violence={name}")
    assert ("Did you mean bloodhound?" in str(caught.value)) == name.startswith("blood")


@pytest.mark.parametrize(
    ("given", "classes", "message"),
    [
        (["yes=violence=/m/0none"], DICT_1, "no label has the MID /m/0none. Look it up in the class descriptions."),
        (["yes=violence=weapon"], None, "no class descriptions to look 'weapon' up in"),
        (
            ["yes=violence=weapon"],
            [*DICT_1, "/m/0other,Weapon"],
            "2 labels are named 'weapon'. Give one of /m/083kb, /m/0o",
        ),
        ([], DICT_1, r"no category is asked for. Give --set presets=… \(violence, cartoon, medical, adult, spoof\)"),
        (
            ["presets=gore"],
            DICT_1,
            r"preset: unknown name \(got 'gore'\). Known: adult, cartoon, medical, spoof, violence.",
        ),
        (["yes=weapon"], DICT_1, "yes: not CATEGORY=NAME,NAME;… .got 'weapon'."),
    ],
)
def test_labels_that_cannot_be(found, given, classes, message):
    with pytest.raises(UserError, match=message):
        found([image(1)], [label(1, WEAPON)], *given, classes=classes)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a.csv": [LABELS]}, "no images among the inputs"),
        ({"a.csv": [HEAD_1]}, "no labels among the inputs"),
        ({"a.csv": [f"{HEAD_1},Author"]}, "two columns are named Author"),
        (
            {"a.csv": ["ImageID,Mask"]},
            r"not a file of Open Images that is read here \(got ImageID, Mask\). It reads images,",
        ),
        ({"a.csv": ""}, "an empty file"),
    ],
)
def test_inputs_that_are_refused(read, write, files, message):
    with pytest.raises(UserError, match=message):
        read("open-images", *(write(name, content) for name, content in files.items()), settings=["presets=violence"])


def test_other_files_in_a_folder_are_counted(found, write):
    write("in/masks.csv", ["ImageID,Mask"])
    write("in/README.txt", "")
    write("in/picture.png", "x")
    reading = found([image(1)], [label(1, WEAPON)], "yes=violence=weapon")
    assert len(reading.items) == 1
    assert reading.problems == {"a file of another kind": 2}


def test_presets_are_checked_against_the_class_descriptions(found):
    reading = found(
        [image(1)], [label(1, WEAPON)], "presets=violence", classes=["/m/083kb,Weapon", "/m/0chbx,brutality"]
    )
    assert labels_by_number(reading) == {1: {"violence": True}}
    assert reading.problems == {
        "a label of the preset that the class descriptions do not have": 27,
        "a label of the preset that has another name": 1,
        "a label that no image has": 1,
    }
    assert reading.places["a label of the preset that has another name"] == ["/m/0chbx (violence, now brutality)"]


def test_presets_hold_together():
    text = (Path(open_images.__file__).parent / "presets.toml").read_text("utf-8")
    mids = [mid for preset in tomllib.loads(text).values() for use in ("yes", "no") for mid in preset.get(use, {})]
    assert len(mids) == len(set(mids)) == 56
    for category, preset in tomllib.loads(text).items():
        assert open_images.Settings(presets=category).presets == (category,)
        assert set(preset) <= {"yes", "no", "depictions"}


def test_a_preset_does_without_class_descriptions(found):
    reading = found(
        [image(1), image(2)],
        [label(1, "/m/0jxy", "0.8", "machine"), label(2, "/m/0b3yr")],
        "presets=cartoon,adult",
        classes=None,
    )
    assert labels_by_number(reading) == {1: {"cartoon": True}, 2: {"adult": False}}


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", f"{HEAD_4}\n".encode(), f"{LABELS}\r\n".encode()]))
def test_any_bytes_at_all_are_items_problems_or_one_line(tmp_path_factory, content, heading):
    folder = tmp_path_factory.getbasetemp() / "any"
    folder.mkdir(exist_ok=True)
    (folder / "i.csv").write_text("\n".join([HEAD_4, image(1, rotation="")]) + "\n")
    (folder / "l.csv").write_text("\n".join([LABELS, label(1, WEAPON)]) + "\n")
    (folder / "x.csv").write_bytes(heading + content)
    said = ""
    try:
        items = list(open_images.read([folder], open_images.Settings(presets=("violence",)), Problems()))
        assert [item.key for item in items][:1] == [image_id(1)]
    except UserError as error:
        said = str(error)
    assert "\n" not in said
