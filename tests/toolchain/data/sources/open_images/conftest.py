"""Open Images in miniature, read."""

import pytest
from open_images_rows import DICT_1, HEAD_1, LABELS


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
