"""Make the default calibration set again, byte for byte, from the corpus that it was taken from.

    python -m exporters.calibration.choose CORPUS

CORPUS is a folder with ``manifest.csv`` (file, label, split, package, package_version, original_path, crop, licence,
sha256), ``manifest_extra.csv`` (file, background), ``attribution.csv`` (file, copyright_holder) and the files that they
name. The set is a hundred pictures, all from the training split: what is measured on the validation split is measured
on pictures that no calibration has seen. ``pictures/`` and ``LEDGER.csv`` are replaced.

A picture is taken only when its row in ``manifest.csv`` has one of the ``PERMITTED`` licences and so has the note of
the project that published it, where there is one. A row with any other licence is refused.

Photographs: those of ``photographs.csv``, which repeats these notes; at most two crops of each.
Drawings: clip art that its authors gave to the public domain, on a plain background, without ``LEFT_OUT``; one from
each subject in turn, so that no subject has many; as many as the photographs leave room for.
"""

import argparse
import csv
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import chain, islice, zip_longest
from pathlib import Path, PurePosixPath

from models.errors import UserError

HERE = Path(__file__).parent
PICTURES = HERE / "pictures"
LEDGER = HERE / "LEDGER.csv"
COUNT = 100
LEAST_BYTES = 7000  # a drawing with less in it than that says little
COLUMNS = [
    "file",
    "label",
    "licence",
    "holder",
    "source",
    "note_licence",
    "note_author",
    "note_source",
    "changes",
    "package",
    "package_version",
    "original_path",
    "crop",
    "sha256",
]
PERMITTED = frozenset({"LicenseRef-public-domain", "CC0-1.0", "CC-BY-1.0", "CC-BY-2.0", "CC-BY-3.0"})

LEFT_OUT = frozenset({
    # trade marks, mascots and makers
    "baby_tux_01", "the_incredible_tux_giuli_01", "emule_icon_emule.org_01", "kexi_kexi_team_01", "ms_01", "blazer_01",
    "road_runner_ganson", "t-shirt_02", "t-shirt_03", "cuppa_schwoo_01", "zinf_santiago_diaz_", "buddy02",
    "don_t_panic__dan_gerhard_01",
    # religion, flags, weapons, tobacco
    "closed_bible_01_01", "creation_day_2_number_ge_01", "creation_day_4_number_ge_01", "creation_day_5_number_ge_01",
    "creation_day_7_number_ge_01", "flying_spaghetti_monste_01", "lauburu_aitor_avila_", "cymru_flag_wales_michae_",
    "nunchaku_sergio_luiz_ara_01", "psycho_icecube_phentex_01", "crazy_monkey_shandy_brow_01",
    # mostly text, signs and diagrams
    "sailing_tack", "sailing_tacks", "boating_rules_", "milk_mateya_01", "salad_mateya_01", "tavola_esame_ottico",
    "piano_theory__ganson", "piano_theory_ganson1", "lorry_length", "buses_and_bikes", "drawbridge", "grounded",
    "airplane", "pfd_01", "curve_ahead", "cycle_lane", "ticket_benji_park_", "mygraph_john_rariden_01",
    "formulario_architetto_fr_01", "recycling_box_a.j._ashto_", "addressed_envelope_with_stamp_01",
    # little in them
    "heart_jon_phillips_01", "heart_roberto_u._01",
    # faces
    "cm1", "adult_astrid_graeber_01", "boy_astrid_graeber_", "woman_fashion_02_gerald_01", "silvia_01",
})  # fmt: skip

Row = dict[str, str]


def permitted(row: Row) -> Row:
    """Return the row, whose ``licence``, and ``note_licence`` where there is one, lets us ship the picture.

    Raises:
        UserError: it does not.
    """
    for licence in (row["licence"], row.get("note_licence") or row["licence"]):
        if licence not in PERMITTED:
            problem = f"its licence does not let us ship it (got {licence or 'none'})"
            raise UserError(row["file"], problem, f"Take only {', '.join(sorted(PERMITTED))}.")
    return row


def photographs(manifest: Iterable[Row]) -> list[Row]:
    """Return the ledger's rows of the photographs.

    Raises:
        UserError: ``photographs.csv`` lists one with a licence that is not permitted.
    """
    known = {(row["original"], row["crop"]): row for row in _table(HERE / "photographs.csv")}
    chosen = []
    for row in manifest:
        original = row["original_path"].partition("/activities/")[2].removesuffix(".webp")
        if row["package"] == "gcompris-qt-data" and row["split"] == "train" and (original, row["crop"]) in known:
            chosen.append(permitted(row | {"label": "photo"} | known[original, row["crop"]]))
    return sorted(chosen, key=lambda row: (row["original_path"], row["crop"]))


def drawings(manifest: Iterable[Row], backgrounds: dict[str, str], count: int) -> list[Row]:
    """Return the ledger's rows of ``count`` drawings.

    Raises:
        UserError: one of them has a licence that is not permitted.
    """
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
    terms = {"label": "drawing", "source": "http://www.openclipart.org"}
    return [permitted(row | terms) for row in islice(in_turn, count)]


def choose(corpus: Path) -> list[Row]:
    """Return the ledger's rows, in its order; each also has ``from``, the file in the corpus.

    Raises:
        UserError: a row has a licence that is not permitted.
    """
    manifest = _table(corpus / "manifest.csv")
    backgrounds = {row["file"]: row["background"] for row in _table(corpus / "manifest_extra.csv")}
    holders = {row["file"]: row["copyright_holder"] for row in _table(corpus / "attribution.csv")}
    for row in manifest:
        row["from"] = row["file"]
        row["bytes"] = str((corpus / row["file"]).stat().st_size)
    photos = photographs(manifest)
    chosen = photos + drawings(manifest, backgrounds, COUNT - len(photos))
    seen: Counter[str] = Counter()
    for row in chosen:
        name = f"{row['label']}-{PurePosixPath(row['original_path']).stem.lower()}"
        seen[name] += 1
        row["file"] = f"{name}.jpg" if seen[name] == 1 else f"{name}-{seen[name]}.jpg"
        row["holder"] = holders[row["from"]]
        row["changes"] = "resized and re-encoded" if row["crop"] == "full" else "cropped, resized and re-encoded"
    return chosen


def _table(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def main() -> None:
    """Replace the pictures and the ledger."""
    parser = argparse.ArgumentParser(description="Make the default calibration set again.")
    parser.add_argument("corpus", type=Path, help="folder with manifest.csv, manifest_extra.csv and the pictures")
    corpus = parser.parse_args().corpus
    try:
        chosen = choose(corpus)
    except UserError as error:
        parser.error(str(error))
    if len(chosen) != COUNT:
        parser.error(f"{corpus}: not the corpus that the set was taken from (got {len(chosen)} of {COUNT} pictures)")
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
