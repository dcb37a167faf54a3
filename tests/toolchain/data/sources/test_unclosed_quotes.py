"""Files of Open Images in which a quote is opened and not closed: no row gets what belongs to another."""

import csv
import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolchain.data.problems import Problems
from toolchain.data.sources.open_images.columns import wanted_rows
from toolchain.data.sources.open_images.unclosed import without_unclosed

HEADING = "ImageID,Subset,OriginalURL,Author,Title,OriginalMD5,Thumbnail300KURL"


def row(number, author="ann", title="A title"):
    return f"{number:016x},train,https://a.example/{number}_o.jpg,{author},{title},,https://a.example/{number}_z.jpg"


@pytest.mark.parametrize(
    ("changed", "dropped"),
    [
        ({5: {"title": '"unbalanced'}, 9: {"title": '"fine title"'}}, {5}),
        ({5: {"author": '"unbalanced'}, 9: {"author": '"ann, fine"'}}, {5}),
        ({5: {"title": '"""'}, 6: {"title": '"'}}, {5, 6}),
        ({5: {"title": '5" disk'}, 9: {"title": '5" and 3""'}}, set()),
        ({5: {"author": 'a 5" disk', "title": '"open'}, 9: {"title": '"fine"'}}, {5}),
        ({12: {"title": '"unbalanced'}}, {12}),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("packed", [False, True])
def test_each_image_has_its_own_addresses(read, write, changed, dropped, end, packed):
    rows = [HEADING, *(row(number, **changed.get(number, {})) for number in range(1, 13))]
    content = end.join(rows).encode()
    labels = ["ImageID,Source,LabelName,Confidence", *(f"{n:016x},verification,/m/0chbx,1" for n in range(1, 13))]
    images = write("images.csv", gzip.compress(content) if packed else content)
    found = read("open-images", images, write("labels.csv", labels), settings=["yes=violence=/m/0chbx"])
    assert [item.urls for item in found.items] == [
        (f"https://a.example/{number}_z.jpg", f"https://a.example/{number}_o.jpg")
        for number in range(1, 13)
        if number not in dropped
    ]
    assert found.problems.get("not CSV", 0) == len(dropped)
    assert found.places.get("not CSV", []) == [f"images.csv:{number + 1}" for number in sorted(dropped)]


def test_a_label_is_of_its_own_image(read, write):
    labels = ["ImageID,Source,LabelName,Confidence"]
    labels += [f"{n:016x},{source},/m/0chbx,1" for n, source in ((1, "verification"), (2, '"verif'), (3, '"machine"'))]
    found = read(
        "open-images",
        write("images.csv", [HEADING, *map(row, range(1, 4))]),
        write("labels.csv", labels),
        settings=["yes=violence=/m/0chbx"],
    )
    assert [int(item.key, 16) for item in found.items] == [1, 3]
    assert found.places == {"not CSV": ["labels.csv:3"]}


def test_a_file_that_is_read_in_several_blocks(tmp_path):
    path, bad = tmp_path / "images.csv", {7, 9_000, 19_999}
    texts = [f'"{number} is open,' if number in bad else f'"{number}, ""fine"""' for number in range(20_000)]
    path.write_text("\n".join([HEADING, *(row(number, title=text * 9) for number, text in enumerate(texts))]))
    assert path.stat().st_size > 3 << 20
    problems = Problems()
    found = [int(image, 16) for image, _ in wanted_rows(path, ("ImageID", "OriginalURL"), everything, problems)]
    assert found == [number for number in range(20_000) if number not in bad]
    assert problems.examples == {"not CSV": [f"images.csv:{number + 2}" for number in sorted(bad)]}


def everything(batch):
    return [True] * batch.num_rows


@settings(deadline=None)
@given(st.lists(st.text('",ab ', max_size=12), max_size=8), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_what_stays_is_what_a_parser_can_close(texts, end, ended):
    content = end.join(texts) + (end if ended else "")
    kept = without_unclosed(content.encode()).decode()
    assert kept.split(end) == [one if closes(one) else " " * len(one) for one in content.split(end)]


def closes(line):
    """Whether a parser does not take the line that comes behind into the last field."""
    following = "a row of its own"
    return not line or [*csv.reader([f"{line}\n", following])][-1] == [following]
