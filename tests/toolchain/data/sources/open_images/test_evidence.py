"""What an image shows, of the labels, boxes and people that speak of it."""

import hashlib

from open_images_rows import BOXES, BOXING, LICENCE, VIOLENCE, WEAPON, image, image_id, label, labels_by_number


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
