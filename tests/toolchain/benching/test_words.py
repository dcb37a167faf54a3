"""Lists on the command line."""

import pytest

from models.errors import UnknownName, UserError
from toolchain.benching.words import numbers, split, stages


def test_commas_and_repeated_options_are_the_same():
    assert split(["1,2", " 4 "]) == split(["1", "2,,4"]) == ("1", "2", "4")
    assert split(None) == ()
    assert numbers("--threads", ("1", "2"), most=8) == (1, 2)
    assert stages(("file", "model")) == ("file", "model")


@pytest.mark.parametrize("word", ["0", "9", "-1", "two", "1.5", "²", "9" * 30])
def test_what_is_not_a_whole_number_is_refused(word):
    with pytest.raises(
        UserError, match=r"^--threads: not a whole number from 1 to 8 \(got '.*'\)\. Give numbers with commas"
    ):
        numbers("--threads", (word,), most=8)


def test_a_stage_that_is_not_there():
    with pytest.raises(
        UnknownName, match=r"^stage: unknown name \(got 'all'\)\. Known: file, model, picture, resident\."
    ):
        stages(("all",))
