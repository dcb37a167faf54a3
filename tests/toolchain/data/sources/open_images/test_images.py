"""Where an image lies, and how it is turned."""

import pytest
from open_images_rows import HEAD_4, WEAPON, image, image_id, label

from models.errors import UserError


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
