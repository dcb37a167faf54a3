"""Files of Open Images: which are read, and rows that are damaged or written another way."""

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from open_images_rows import HEAD_1, HEAD_4, LABELS, WEAPON, image, image_id, label, labels_by_number

import toolchain.data.sources.open_images as open_images
from models.errors import UserError
from toolchain.data.problems import Problems


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
