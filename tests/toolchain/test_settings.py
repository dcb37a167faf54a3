"""``--set KEY=VALUE``."""

from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field

from models.document import Document
from models.errors import UserError
from toolchain.settings import read_settings


class Settings(Document):
    epochs: int = Field(10, ge=1)
    learning_rate: float = 0.1
    optimizer: Literal["sgd", "adamw"] = "sgd"
    name: str = ""
    sizes: tuple[int, ...] = ()
    limit: int | None = 5
    nesterov: bool = True


def test_values_are_json_or_text():
    given = [
        "epochs=5",
        "learning_rate=1e-3",
        "optimizer=adamw",
        "name=a=b",
        "sizes=[1, 2]",
        "limit=null",
        "nesterov=false",
    ]
    assert read_settings(Settings, given, "fine-tune") == Settings(
        epochs=5, learning_rate=0.001, optimizer="adamw", name="a=b", sizes=(1, 2), limit=None, nesterov=False
    )


def test_what_is_not_given_keeps_its_default_and_the_last_one_counts():
    assert read_settings(Settings, [], "fine-tune") == Settings()
    assert read_settings(Settings, ["epochs=1", "epochs=2"], "fine-tune").epochs == 2


def test_hyphens_and_blanks_in_keys():
    assert read_settings(Settings, [" learning-rate =0.5"], "fine-tune").learning_rate == 0.5


class Nothing(Document):
    pass


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        (
            Settings,
            "epochs",
            r"--set: not KEY=VALUE \(got 'epochs'\). fine-tune has epochs, learning_rate, optimizer, ",
        ),
        (Settings, "epoch=1", r"--set: fine-tune has no 'epoch'. Did you mean epochs\? It has epochs, "),
        (Settings, "zzz=1", r"--set: fine-tune has no 'zzz'. It has epochs, "),
        (Settings, "epochs=0", r"--set: epochs: Input should be greater than or equal to 1 \(got '0'\)"),
        (Settings, "epochs=ten", r"--set: epochs: Input should be a valid integer"),
        (Settings, "optimizer=adam", r"--set: optimizer: Input should be 'sgd' or 'adamw' \(got 'adam'\)"),
        (Settings, "learning_rate=NaN", r"--set: learning_rate: Input should be a finite number"),
        (Settings, "sizes=1", r"--set: sizes: Input should be a valid tuple"),
        (Nothing, "epochs=1", r"--set: fine-tune has no 'epochs'. It has none."),
    ],
)
def test_what_cannot_be(kind, text, message):
    with pytest.raises(UserError, match=message):
        read_settings(kind, [text], "fine-tune")


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_a_setting_or_one_line(text):
    said = ""
    try:
        read_settings(Settings, [text], "fine-tune")
    except UserError as error:
        said = str(error)
    assert "\n" not in said
