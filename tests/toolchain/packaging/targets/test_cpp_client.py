"""The C++ client's program under sanitizers: the self-test, and packages that are not whole."""

import pytest
from sanitized_cpp import MARKS, refused, run

pytestmark = MARKS


def test_the_self_test_passes_and_a_picture_is_judged(cpp_program, cpp_package):
    done = run(cpp_program, cpp_package, "selftest")
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [
        ["decoded", "ok"], ["resized", "ok"], ["resized_score", "ok"], ["file_score", "ok"], ["passed."],
    ]  # fmt: skip
    picture = cpp_package / "golden/0.png"
    expected = f"{picture}\tblock\tred=0.784314:block\tgreen=0.156863:allow\n"
    assert run(cpp_program, cpp_package, picture).stdout == expected


def change(path, old, new):
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))


@pytest.mark.parametrize(
    ("name", "old", "new", "stage"),
    [
        ("golden/0.decoded.ppm", b"\xc8\x28\x00", b"\xc8\x22\x00", "decoded"),
        ("golden/0.resized.ppm", b"\xc8\x28\x00", b"\xc8\x22\x00", "resized"),
        ("contract.txt", b"0.resized.ppm 0.7", b"0.resized.ppm 0.6", "resized_score"),
        ("contract.txt", b"0.resized.ppm 0.7", b"0.resized.ppm nan 0.7", "resized_score"),
    ],
)
def test_the_self_test_names_the_first_stage_that_differs(cpp_program, cpp_package, name, old, new, stage):
    change(cpp_package / name, old, new)
    done = run(cpp_program, cpp_package, "selftest")
    if b"nan" in new:  # a number is read, or the line is refused; never a pass
        assert done.returncode == 2
        return
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == f"FAILED: {stage} is the first stage that differs."


def test_the_self_test_is_held_to_the_bundles_own_scores(cpp_program, cpp_package):
    contract = cpp_package / "contract.txt"
    change(contract, b"\ngolden ", b"\nbundle_tolerance 0.001\ngolden ")
    whole = contract.read_bytes()
    for own, passes in [(b"0.784314 0.156863", True), (b"0.784314 0.166863", False), (b"0.774314 0.156863", False)]:
        contract.write_bytes(whole + b"bundle_scores " + own + b"\n")
        lines = run(cpp_program, cpp_package, "selftest").stdout.splitlines()
        assert lines[2].split()[:2] == ["bundle_score", "ok" if passes else "DIFFERS"]
        assert lines[-1] == ("passed." if passes else "FAILED: bundle_score is the first stage that differs.")
    contract.write_bytes(whole + b"bundle_scores 0.784314\n")
    assert "a damaged line" in refused(cpp_program, cpp_package, "selftest")


def test_a_bad_picture_does_not_stop_the_others(cpp_program, cpp_package, tmp_path):
    done = run(cpp_program, cpp_package, cpp_package / "contract.txt", cpp_package / "golden/0.png")
    assert done.returncode == 2
    assert len(done.stdout.splitlines()) == len(done.stderr.splitlines()) == 1


def test_a_package_that_is_not_whole_is_refused(cpp_program, cpp_package, tmp_path):
    assert refused(cpp_program, tmp_path / "none", "selftest").endswith(
        "contract.txt: no such file, or it cannot be read."
    )
    contract = cpp_package / "contract.txt"
    whole = contract.read_bytes()
    for old, new, text in [
        (b"rct.contract/1", b"rct.contract/9", "unknown version (got rct.contract/9)."),
        (b"bilinear", b"mitchell", "unknown resize filter (got mitchell)."),
        (b"stretch", b"squeeze", "unknown fit (got squeeze)."),
        (b"model onnx", b"model tflite", "format tflite does not run here"),
        (b"crop 8", b"crop 9", "incomplete."),
        (b"crop 8 6", b"crop 8", "a damaged line (got crop 8)."),
        (b"crop", b"carp", "unknown line (got carp)."),
    ]:
        change(contract, old, new)
        assert text in refused(cpp_program, cpp_package, "selftest")
        contract.write_bytes(whole)
    change(cpp_package / "model/model.json", b"1.0", b"0.9")
    assert refused(cpp_program, cpp_package, "selftest") == (
        "model/model.json: not what the manifest says. Unpack the package again."
    )
    (cpp_package / "model/model.json").unlink()
    assert refused(cpp_program, cpp_package, "selftest").endswith("no such file, or it cannot be read.")
