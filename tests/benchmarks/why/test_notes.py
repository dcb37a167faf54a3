"""Every sentence, and when it is not said."""

import pytest

from benchmarks.why.document import OperatorTime
from benchmarks.why.notes import float_share_note, layout_note, percent, processor_notes, top_note

OPERATORS = (
    OperatorTime(operator="QLinearConv", nodes=53, share=0.83),
    OperatorTime(operator="Transpose", nodes=3, share=0.166),
    OperatorTime(operator="Cast", nodes=1, share=0.004),
)

VNNI = "AVX-512 VNNI, so int8 products are summed in 32 bits."


def test_where_most_of_the_time_is():
    assert top_note(OPERATORS) == ("83 % of the time is in QLinearConv.",)
    assert top_note(()) == ()


def test_integer_arithmetic():
    assert float_share_note(OPERATORS, "QLinearConv".__eq__) == ("83 % of the time is in integer arithmetic.",)
    assert float_share_note(OPERATORS, "Cast".__eq__) == ("Less than 1 % of the time is in integer arithmetic.",)
    assert float_share_note(OPERATORS, "Gemm".__eq__) == ()


def test_changes_of_layout():
    said = "3 changes of layout are left in the graph, 17 % of the time."
    assert layout_note(OPERATORS, {"Transpose"}, 3) == (said,)
    assert layout_note((), {"Transpose"}, 1) == ("1 change of layout is left in the graph, 0 % of the time.",)
    assert layout_note(OPERATORS, {"Transpose"}, 0) == ()


@pytest.mark.parametrize(
    ("share", "words"),
    [(0, "0 %"), (0.004, "less than 1 %"), (0.42, "42 %"), (0.985, "98 %"), (0.995, "more than 99 %"), (1, "100 %")],
)
def test_percent(share, words):
    assert percent(share) == words


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"avx2"}, "AVX2 without VNNI: pairs of int8 products are summed in 16 bits and saturate."),
        ({"avx2", "avx512f"}, "AVX-512 without VNNI: pairs of int8 products are summed in 16 bits and saturate."),
        ({"avx2", "avx_vnni"}, "AVX-VNNI, so int8 products are summed in 32 bits, 256 bits at a time."),
        ({"avx512f", "avx512_vnni"}, f"{VNNI} It has no AMX."),
        (
            {"avx512f", "avx512_vnni", "amx_int8"},
            f"{VNNI} It has AMX, which multiplies int8 matrices in tiles.",
        ),
        ({"asimd"}, "Neon without the dot product: int8 gains less."),
        (
            {"asimd", "asimddp", "i8mm"},
            "Arm's dot product, so int8 products are summed in 32 bits. It has I8MM, which multiplies int8 matrices.",
        ),
    ],
)
def test_int8_on_a_processor(found, said):
    assert " ".join(processor_notes("int8", frozenset(found))) == f"This processor has {said}"


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"avx2", "avx512f"}, "AVX-512: sixteen float32 at a time."),
        ({"avx2"}, "AVX2 and no AVX-512: eight float32 at a time."),
        ({"asimd"}, "Neon: four float32 at a time."),
    ],
)
def test_fp32_on_a_processor(found, said):
    assert processor_notes("fp32", frozenset(found)) == (f"This processor has {said}",)


def test_of_an_unknown_processor_nothing_is_said():
    assert processor_notes("int8", frozenset()) == processor_notes("fp32", frozenset()) == ()
