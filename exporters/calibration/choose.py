"""Make the default calibration set again, byte for byte, from the corpus that it was taken from.

    python -m exporters.calibration.choose CORPUS

CORPUS is a folder with ``manifest.csv`` (file, label, split, package, package_version, original_path, crop, licence,
sha256), ``manifest_extra.csv`` (file, background) and the files that they name. Half of the set are photographs, half
are drawings, all from the training split: what is measured on the validation split is measured on pictures that no
calibration has seen. ``pictures/`` and ``LEDGER.csv`` are replaced.

Photographs: those of ``photographs.csv``, one crop of each, whose authors' terms were read one by one in the notes of
the project that published them.
Drawings: clip art that its authors gave to the public domain, on a plain background, without ``LEFT_OUT``; one from
each subject in turn, so that no subject has many.
"""

import argparse
import csv
import shutil
from collections import defaultdict
from collections.abc import Iterable
from itertools import chain, islice, zip_longest
from pathlib import Path, PurePosixPath

HERE = Path(__file__).parent
PICTURES = HERE / "pictures"
LEDGER = HERE / "LEDGER.csv"
EACH = 50
LEAST_BYTES = 7000  # a drawing with less in it than that says little
COLUMNS = [
    "file",
    "label",
    "licence",
    "author",
    "source",
    "package",
    "package_version",
    "original_path",
    "crop",
    "sha256",
]

LEFT_OUT = frozenset({
    # trade marks, mascots and makers
    "baby_tux_01", "the_incredible_tux_giuli_01", "emule_icon_emule.org_01", "kexi_kexi_team_01", "ms_01", "blazer_01",
    "road_runner_ganson", "t-shirt_02", "t-shirt_03", "cuppa_schwoo_01", "zinf_santiago_diaz_", "buddy02",
    # religion, flags, weapons, tobacco
    "closed_bible_01_01", "creation_day_2_number_ge_01", "creation_day_4_number_ge_01", "creation_day_5_number_ge_01",
    "creation_day_7_number_ge_01", "flying_spaghetti_monste_01", "lauburu_aitor_avila_", "cymru_flag_wales_michae_",
    "nunchaku_sergio_luiz_ara_01", "psycho_icecube_phentex_01", "crazy_monkey_shandy_brow_01",
    # mostly text, signs and diagrams
    "sailing_tack", "sailing_tacks", "boating_rules_", "milk_mateya_01", "salad_mateya_01", "tavola_esame_ottico",
    "piano_theory__ganson", "piano_theory_ganson1", "lorry_length", "buses_and_bikes", "drawbridge", "grounded",
    "airplane", "curve_ahead", "cycle_lane", "ticket_benji_park_", "mygraph_john_rariden_01",
    "formulario_architetto_fr_01", "recycling_box_a.j._ashto_", "addressed_envelope_with_stamp_01",
    # faces
    "cm1", "adult_astrid_graeber_01", "boy_astrid_graeber_", "woman_fashion_02_gerald_01", "silvia_01",
})  # fmt: skip

Row = dict[str, str]


def photographs(manifest: Iterable[Row]) -> list[Row]:
    """Return the ledger's rows of the photographs."""
    with (HERE / "photographs.csv").open(encoding="utf-8", newline="") as stream:
        known = {(row["original"], row["crop"]): row for row in csv.DictReader(stream)}
    chosen = []
    for row in manifest:
        original = row["original_path"].partition("/activities/")[2].removesuffix(".webp")
        if row["package"] == "gcompris-qt-data" and row["split"] == "train" and (original, row["crop"]) in known:
            chosen.append(row | {"label": "photo"} | known[original, row["crop"]])
    return sorted(chosen, key=lambda row: row["original_path"])


def drawings(manifest: Iterable[Row], backgrounds: dict[str, str]) -> list[Row]:
    """Return the ledger's rows of the drawings."""
    subjects: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(manifest, key=lambda row: row["sha256"]):
        original = PurePosixPath(row["original_path"])
        if (
            row["package"] == "openclipart-png"
            and row["split"] == "train"
            and not backgrounds[row["file"]].startswith("photo:")
            and original.stem not in LEFT_OUT
            and int(row["bytes"]) >= LEAST_BYTES
        ):
            subjects[str(original.parent)].append(row)
    in_turn = (row for row in chain.from_iterable(zip_longest(*subjects.values())) if row is not None)
    terms = {
        "label": "drawing",
        "licence": "LicenseRef-public-domain",
        "author": "Open Clip Art Library contributors",
        "source": "http://www.openclipart.org",
    }
    return [row | terms for row in islice(in_turn, EACH)]


def choose(corpus: Path) -> list[Row]:
    """Return the ledger's rows, in its order; each also has ``from``, the file in the corpus."""
    with (corpus / "manifest.csv").open(encoding="utf-8", newline="") as stream:
        manifest = list(csv.DictReader(stream))
    with (corpus / "manifest_extra.csv").open(encoding="utf-8", newline="") as stream:
        backgrounds = {row["file"]: row["background"] for row in csv.DictReader(stream)}
    for row in manifest:
        row["from"] = row["file"]
        row["bytes"] = str((corpus / row["file"]).stat().st_size)
    chosen = photographs(manifest) + drawings(manifest, backgrounds)
    for row in chosen:
        stem = PurePosixPath(row["original_path"]).stem.lower()
        row["file"] = f"{row['label']}-{stem}.jpg"
    return chosen


def main() -> None:
    """Replace the pictures and the ledger."""
    parser = argparse.ArgumentParser(description="Make the default calibration set again.")
    parser.add_argument("corpus", type=Path, help="folder with manifest.csv, manifest_extra.csv and the pictures")
    corpus = parser.parse_args().corpus
    chosen = choose(corpus)
    if len({row["file"] for row in chosen}) != 2 * EACH:
        parser.error(f"{corpus}: not the corpus that the set was taken from (got {len(chosen)} of {2 * EACH} pictures)")
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir()
    for row in chosen:
        shutil.copyfile(corpus / row["from"], PICTURES / row["file"])
    with LEDGER.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(chosen)


if __name__ == "__main__":
    main()
