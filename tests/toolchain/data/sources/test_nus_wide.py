"""NUS-WIDE in miniature."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import toolchain.data.sources.nus_wide as nus_wide
from models.errors import UserError
from toolchain.data.problems import Problems

HEAD = "%%%%%%%%Photo_file    Photo_id    url_Large    url_Middle   url_Small  url_Original%%%%%%%%"
NAMES = [rf"{folder}\{number:04}_{number}.jpg" for folder in ("actor", "beach", "cat") for number in range(10)]


def row(name, *, large="null", middle=None, small="null", original="null"):
    photo = name.partition("_")[2].removesuffix(".jpg")
    middle = middle or f"http://farm.example/{photo}.jpg"
    return rf"C:\ImageData\Flickr\{name}      {photo}   {large}  {middle}   {small}  {original} "


@pytest.fixture
def miniature(write, tmp_path):
    """Write the project's folders: pictures named after a folder's concept show it."""

    def miniature(rows=None, names=NAMES, concepts=("beach", "military"), parts=("",)):
        write("nus/NUS-WIDE-urls.txt", [HEAD, *([row(name) for name in NAMES] if rows is None else rows)])
        write("nus/ConceptsList/Concepts81.txt", [*concepts])
        for part in parts:
            mine = [name for number, name in enumerate(names) if part in {"", ("Train", "Test")[number % 2]}]
            write(f"nus/ImageList/{part}Imagelist.txt", mine)
            for concept in concepts:
                folder, end = ("TrainTestLabels", f"_{part}") if part else ("AllLabels", "")
                truth = [int(name.startswith(concept)) for name in mine]
                write(f"nus/Groundtruth/{folder}/Labels_{concept}{end}.txt", truth)
        return tmp_path / "nus"

    return miniature


GIVEN = ["normal=adult,violence", "unclean=beach,military"]


def test_pictures_without_unclean_concepts_are_normal(read, miniature):
    found = read("nus-wide", miniature(), settings=[*GIVEN, "yes=shore=beach"])
    assert len(found.items) == 30
    for item in found.items:
        on_the_beach = item.key.startswith("beach/")
        assert item.labels == ({"shore": True} if on_the_beach else {"adult": False, "violence": False})
        assert item.group == f"photo {item.key.partition('_')[2].removesuffix('.jpg')}"
    assert found.problems == {}


def test_the_order_is_drawn_by_the_seed(read, miniature):
    place = miniature()

    def keys(*settings):
        return [item.key for item in read("nus-wide", place, settings=[*GIVEN, *settings]).items]

    sorted_keys = keys("seed=null")
    assert sorted_keys == [name.replace("\\", "/") for name in NAMES if not name.startswith("beach")]
    assert keys() == keys("seed=0") != sorted_keys
    assert sorted(keys()) == sorted_keys
    assert keys("seed=1") != keys()


def test_training_and_test_are_told_apart(read, miniature):
    place = miniature(parts=("Train", "Test"))
    splits = {item.key: item.split for item in read("nus-wide", place, settings=GIVEN).items}
    assert splits["actor/0000_0.jpg"] == "train"
    assert splits["actor/0001_1.jpg"] == "test"
    assert len(splits) == 20
    both = {item.key: item.split for item in read("nus-wide", miniature(), settings=GIVEN).items}
    assert both == splits  # the lists of the parts are still there


def test_addresses_that_are_null_are_passed_over(read, miniature):
    rows = [
        row(NAMES[0], large="http://a.example/b.jpg", small="http://a.example/m.jpg"),
        row(NAMES[1], middle="null", large="http://a.example/b.jpg", original="http://a.example/b.jpg"),
        row(NAMES[2], middle="null"),
        row(NAMES[3], middle="null", small="http://a.example/m.jpg"),
    ]
    found = read("nus-wide", miniature(rows), settings=[*GIVEN, "seed=null"])
    assert [item.urls for item in found.items] == [
        ("http://farm.example/0.jpg", "http://a.example/b.jpg", "http://a.example/m.jpg"),
        ("http://a.example/b.jpg",),
        ("http://a.example/m.jpg",),
    ]
    assert found.places == {"no address": ["NUS-WIDE-urls.txt:4"]}
    large = read("nus-wide", miniature(rows), settings=[*GIVEN, "seed=null", "size=large"])
    assert large.items[0].urls[0] == "http://a.example/b.jpg"


def test_malformed_rows_are_counted(read, miniature):
    rows = [row(NAMES[0]), row(NAMES[0]), "C:\\x\\y.jpg 1 http://a.example/1.jpg", row(r"dog\0001_77.jpg"), "", "% %"]
    rows += [row(NAMES[1]).replace("  1  ", "  one  ")]
    found = read("nus-wide", miniature(rows), settings=GIVEN)
    assert [item.key for item in found.items] == ["actor/0000_0.jpg"]
    assert found.problems == {
        "not six fields with a number in the second": 3,
        "a picture again": 1,
        "not in the image lists": 1,
    }


def test_a_picture_that_is_in_no_ground_truth_of_a_concept(read, miniature, write):
    place = miniature(concepts=("beach",), parts=("Train", "Test"))
    for name in place.rglob("Labels_beach_Test.txt"):
        name.unlink()
    found = read("nus-wide", place, settings=["normal=adult", "unclean=beach"])
    assert {item.split for item in found.items} == {"train"}
    assert found.problems == {"a picture that not every concept is known of": 15, "not in the image lists": 15}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([], "no category is asked for. Give --set normal=adult,violence, say."),
        (["yes=violence=militry"], "nus-wide: no ground truth of 'militry' among the inputs. Did you mean military?"),
        (["normal=adult"], "nus-wide: no ground truth of 'fire' among the inputs. Give Labels_fire.txt."),
        (["normal=adult", "size=huge"], "size: Input should be"),
    ],
)
def test_settings_that_cannot_be(read, miniature, given, message):
    with pytest.raises(UserError, match=message):
        read("nus-wide", miniature(), settings=given)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("ImageList/Imagelist.txt", NAMES[:-1], r"not as many pictures as the ground truth has lines \(got 29, 30\)"),
        ("Groundtruth/AllLabels/Labels_beach.txt", ["0", "2"], r"Labels_beach.txt:2: neither 0 nor 1 \(got '2'\)"),
        ("Groundtruth/AllLabels/Labels_beach.txt", "", "an empty file"),
        ("NUS-WIDE-urls.txt", b"\x89PNG", r"not a text file \(got a picture\)"),
        ("copy/Labels_beach.txt", ["0"], "the same file as"),
    ],
)
def test_files_that_do_not_fit(read, miniature, write, name, content, message):
    place = miniature()
    write(f"nus/{name}", content)
    with pytest.raises(UserError, match=message):
        read("nus-wide", place, settings=GIVEN)


def test_files_that_are_missing(read, miniature):
    place = miniature()
    (place / "ImageList/Imagelist.txt").unlink()
    with pytest.raises(UserError, match="no image list with its ground truth"):
        read("nus-wide", place, settings=GIVEN)
    with pytest.raises(UserError, match=r"Concepts81.txt: not a file of NUS-WIDE that is read here"):
        read("nus-wide", place / "ConceptsList/Concepts81.txt", settings=GIVEN)
    with pytest.raises(UserError, match="no such file or folder"):
        read("nus-wide", place / "gone", settings=GIVEN)
    (place / "NUS-WIDE-urls.txt").unlink()
    with pytest.raises(UserError, match=r"no NUS-WIDE-urls.txt among the inputs"):
        read("nus-wide", place, settings=GIVEN)


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=300), st.sampled_from(["NUS-WIDE-urls.txt", "Imagelist.txt", "Labels_fire.txt"]))
def test_any_bytes_at_all_are_items_problems_or_one_line(tmp_path_factory, content, name):
    folder = tmp_path_factory.getbasetemp() / "any"
    folder.mkdir(exist_ok=True)
    (folder / "NUS-WIDE-urls.txt").write_text(f"{HEAD}\n{row(NAMES[0])}\n")
    (folder / "Imagelist.txt").write_text(f"{NAMES[0]}\n")
    (folder / "Labels_fire.txt").write_text("0\n")
    (folder / name).write_bytes(content)
    said = ""
    try:
        list(nus_wide.read([folder], nus_wide.Settings(normal=("adult",), unclean=("fire",)), Problems()))
    except UserError as error:
        said = str(error)
    assert "\n" not in said
