"""``rct score``: every kind of input, and what it refuses."""

import hashlib
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hostile_server import reply
from PIL import Image

from toolchain.lock import alone


@pytest.fixture
def score(rct, original):
    """Score with one process; the bundle's scores are how red and how green a picture is."""
    return lambda *arguments: rct("score", original.path, *arguments, "--out", "scores", "--workers", 1)


def test_all_kinds_of_input_become_one_table(score, photos, shard, server, encoded, table, tmp_path):
    red, green, blue = encoded((255, 0, 0)), encoded((0, 255, 0)), encoded((0, 0, 255))
    server.answers["/green.png"] = reply(200, green)
    urls = tmp_path / "urls.txt"
    urls.write_text(f"# ours\n{server.url('/green.png')}\n\n{server.url('/none.png')}\nnonsense\n")
    tar = shard("a.tar", {"0.png": red, "0.json": b"{}", "1.jpg": b"\xff\xd8\xff and no more"})
    pq.write_table(pa.table({"image": [blue, None, red]}), tmp_path / "bytes.parquet", row_group_size=2)
    struct = [{"bytes": green, "path": "x.png"}]
    pq.write_table(pa.table({"image": struct}), tmp_path / "struct.parquet")
    pq.write_table(pa.table({"file": ["photos/red/weak.png", "gone.png"]}), tmp_path / "paths.parquet")
    private = f"127.0.0.1:{server.port}"
    shown = score(
        photos, urls, tar, "bytes.parquet", "struct.parquet", "paths.parquet", "--allow-private", private, "--json"
    )
    assert shown.code == 0, shown.err
    found = [(row["input"], row["score_red"], row["verdict"], row["error_kind"]) for row in table("scores")]
    assert found == [
        (f"{photos}/green/strong.png", 0, "block", None),
        (f"{photos}/other/grey.png", pytest.approx(10 / 255), "allow", None),
        (f"{photos}/red/strong.png", 1, "block", None),
        (f"{photos}/red/weak.png", pytest.approx(0.4), "review", None),
        (server.url("/green.png"), 0, "block", None),
        (server.url("/none.png"), None, "review", "http 404"),
        ("nonsense", None, "review", "bad address"),
        (f"{tar}#0", 1, "block", None),
        (f"{tar}#1", None, "review", "a damaged or unusual JPEG picture"),
        ("bytes.parquet#1", 0, "allow", None),
        ("bytes.parquet#2", None, "review", "nothing in this row"),
        ("bytes.parquet#3", 1, "block", None),
        ("struct.parquet#1", 0, "block", None),
        ("photos/red/weak.png", pytest.approx(0.4), "review", None),
        ("gone.png", None, "review", "no such file"),
    ]
    by_input = {row["input"]: row for row in table("scores")}
    assert by_input["bytes.parquet#1"]["sha256"] == hashlib.sha256(blue).hexdigest()
    assert by_input["gone.png"]["error"] == "gone.png: no such file."
    summary = json.loads(shown.out)
    assert summary["verdicts"] == {"allow": 2, "review": 7, "block": 6}
    assert summary["errors"] == {
        "a damaged or unusual JPEG picture": 1,
        "bad address": 1,
        "http 404": 1,
        "no such file": 1,
        "nothing in this row": 1,
    }
    assert (summary["pictures"], summary["scored"], summary["shards"], summary["lost"]) == (15, 15, 1, [])


def test_what_is_done_is_not_done_again_and_another_plan_is_refused(score, photos, export, rct, tmp_path, paint):
    first = score(photos, "--shard-rows", 3)
    assert first.out.startswith("4 pictures in 2 shards: 1 allow, 1 review, 2 block; ")
    assert first.err.splitlines()[-1] == (
        """Next: python -c "import pyarrow.dataset as d; print(d.dataset('scores').head(10))\""""
    )
    shards = sorted((tmp_path / "scores").glob("part-*"))
    assert [path.name for path in shards] == ["part-00000.parquet", "part-00001.parquet"]
    shards[1].unlink()
    before = shards[0].stat().st_mtime_ns
    again = json.loads(score(photos, "--json").out)
    assert (again["scored"], again["shards"], again["pictures"]) == (1, 2, 4)
    assert shards[0].stat().st_mtime_ns == before
    nothing = score(photos)
    assert nothing.out == "4 pictures in 2 shards: 1 allow, 1 review, 2 block; nothing left to do.\n"
    advice = "Give --overwrite to start anew, or another --out."

    other = rct("score", export(bias=(0.5, 0.0)).path, photos, "--out", "scores")
    assert (other.code, other.err.splitlines()[-1]) == (
        2, f"rct: scores: the scoring of another plan (its bundle was not the same). {advice}",
    )  # fmt: skip
    shard_rows = score(photos, "--shard-rows", 2)
    assert shard_rows.err.splitlines()[-1] == (
        f"rct: scores: the scoring of another plan (its number of rows per shard was not the same). {advice}"
    )
    paint("photos/zebra.png", (0, 0, 0))
    pictures = score(photos)
    assert pictures.err.splitlines()[-1] == (
        f"rct: scores: the scoring of another plan (its pictures were not the same). {advice}"
    )
    anew = json.loads(score(photos, "--overwrite", "--json").out)
    assert (anew["scored"], anew["pictures"], anew["shards"]) == (5, 5, 1)


@pytest.mark.parametrize(
    ("make", "arguments", "message"),
    [
        (None, ["none"], "none: no such file or folder."),
        ("empty", ["empty"], ("empty: no picture in this folder. Looked for .apng, .bmp, .gif, .jfif, .jpe, .jpeg, "
            ".jpg, .png, .tif, .tiff, .webp.")),
        ("x.doc", ["x.doc"], ("x.doc: nothing that can be scored (got .doc). Known: folders of pictures, and pictures; "
            "Parquet files of addresses, paths or encoded pictures (.parquet); lists of addresses (.txt, .csv); "
            "WebDataset shards (.tar).")),
        ("x.tar", ["x.tar"], "x.tar: not a tar file, or compressed. Unpack it to a plain .tar."),
        ("x.txt", ["x.txt"], "x.txt: an empty file. Was it copied to its end?"),
        ({"image": pa.array([], pa.binary())}, ["x.parquet"], "x.parquet: a table without rows."),
        ({"a": ["b"]}, ["x.parquet"], ("x.parquet: no column of pictures (got a). Name it with --column, or one of "
            "image, picture, bytes, url, file, path.")),
        ({"a": ["b"]}, ["x.parquet", "--column", "b"], ("x.parquet: no column 'b' (got a). "
            "Name the column of pictures with --column.")),
        ({"url": [1]}, ["x.parquet"], ("x.parquet: the column url is neither bytes nor text (got int64). "
            "Name another: --column.")),
        ({"url": ["b"]}, ["x.parquet", "--engine", "spark"], "engine: unknown name (got 'spark'). Known: local, ray."),
    ],
)  # fmt: skip
def test_bad_input(score, tmp_path, make, arguments, message):
    match make:
        case dict():
            pq.write_table(pa.table(make), tmp_path / "x.parquet")
        case "empty":
            (tmp_path / make).mkdir()
        case str():
            (tmp_path / make).write_bytes(b"" if make.endswith("txt") else b"nothing at all" * 100)
    shown = score(*arguments)
    assert (shown.code, shown.err.splitlines()[-1]) == (2, f"rct: {message}")
    assert not (tmp_path / "scores" / "_scoring.json").exists()


def test_a_folder_of_something_else_is_left_alone(score, photos, tmp_path):
    (tmp_path / "scores").mkdir()
    (tmp_path / "scores" / "thesis.txt").write_text("mine")
    for more in ([], ["--overwrite"]):
        shown = score(photos, *more)
        assert shown.err.splitlines()[-1] == "rct: scores: holds something that is no scoring. Give another --out."
        assert shown.code == 2
    assert (tmp_path / "scores" / "thesis.txt").read_text() == "mine"


@pytest.mark.parametrize("more", [(), ("--overwrite",)])
def test_two_scorings_into_one_folder_refuse_each_other(score, paint, tmp_path, more):
    paint("photos/a.png", (0, 0, 0))
    assert score(tmp_path / "photos").code == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "scores").iterdir()}
    with alone(tmp_path / "scores" / "_scoring.lock", tmp_path / "scores", "scoring"):
        shown = score(tmp_path / "photos", *more)
    assert (shown.code, shown.out) == (2, "")
    assert shown.err.splitlines()[-1] == (
        "rct: scores: another scoring is at work for it. Wait for it, or give another --out."
    )
    assert {path.name: path.read_bytes() for path in (tmp_path / "scores").iterdir()} == before
    assert score(tmp_path / "photos", *more).code == 0, "nobody holds it any longer"


def test_a_shard_that_ends_early_is_told_and_scored_as_far_as_it_goes(score, shard, encoded, table, tmp_path):
    path = shard("a.tar", {f"{number}.png": encoded((255, 0, 0)) for number in range(4)})
    path.write_bytes(path.read_bytes()[: 2 * 1024 + 300])
    shown = score(path)
    assert shown.code == 1
    assert shown.err.splitlines()[-1] == (
        "rct: scores: 1 WebDataset shard is damaged, and what was behind the damage is not scored. "
        "Get it again, and score it."
    )
    assert json.loads(score(path, "--json").out)["damaged"] == 1
    assert any("a shard that is damaged from here on: 1 row, first at a.tar" in line for line in shown.err.splitlines())
    assert [row["input"] for row in table("scores")][:2] == [f"{path}#0", f"{path}#1"]


def test_every_sample_of_a_shard_is_a_row_of_a_name_of_its_own(score, shard, encoded, table, tmp_path):
    red = encoded((255, 0, 0))
    for folder in ("d1", "d2"):
        (tmp_path / folder).mkdir()
        shard(f"{folder}/s.tar", {"0.png": red, "1.json": b"{}", "2.jpg": red, "2.png": red, "2.json": b"{}"})
    shown = score("d1/s.tar", "d2/s.tar")
    assert shown.code == 0, shown.err
    assert [(row["input"], row["verdict"], row["error_kind"]) for row in table("scores")] == [
        (f"{folder}/s.tar#{key}", verdict, kind)
        for folder in ("d1", "d2")
        for key, verdict, kind in (
            ("0", "block", None),
            ("1", "review", "a sample without a picture"),
            ("2", "review", "a sample with more than one picture"),
        )
    ]


def test_a_private_address_is_refused_with_the_option_that_allows_it(score, server, table, tmp_path):
    (tmp_path / "urls.txt").write_text(server.url("/x.jpg"))
    score("urls.txt")
    (row,) = table("scores")
    assert row["error_kind"] == "private address"
    assert row["error"].endswith(". Allow it with --allow-private.")


def test_a_picture_that_moves_is_for_a_person(score, table, tmp_path):
    frames = [Image.new("RGB", (16, 12), colour) for colour in ((0, 0, 0), (255, 0, 0))]
    frames[0].save(tmp_path / "x.gif", save_all=True, append_images=frames[1:])
    assert score("x.gif").code == 0
    (row,) = table("scores")
    assert (row["verdict"], row["score_red"], row["error_kind"]) == (
        "review", None, "several frames, and only the first would be scored",
    )  # fmt: skip
