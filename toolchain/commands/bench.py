"""``rct bench``."""

from pathlib import Path
from typing import Annotated

import typer

from toolchain.completion import peers as peer_words
from toolchain.completion import scenarios as scenario_words
from toolchain.options import DeviceOption, ImagesOption, JsonOption, OriginalOption, QuietOption
from toolchain.output import Output

_LIST = "Several: with commas."


def bench(
    bundles: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="BUNDLE", help="Bundles' folders. Without any, all that are in exports/.", show_default=False
        ),
    ] = None,
    original: OriginalOption = None,
    peers: Annotated[bool, typer.Option("--peers", help="Time what others make of the same network, too.")] = False,
    peer: Annotated[
        list[str] | None,
        typer.Option("--peer", metavar="NAME", help="Only these peers.", autocompletion=peer_words, show_default=False),
    ] = None,
    scenario: Annotated[
        list[str] | None,
        typer.Option(
            "--scenario",
            metavar="NAME",
            help=f"single_stream, multi_stream, offline, server or all. {_LIST}",
            autocompletion=scenario_words,
            show_default="single_stream",
        ),
    ] = None,
    stage: Annotated[
        list[str] | None,
        typer.Option(
            "--stage",
            metavar="STAGE",
            help=f"What is timed: model, picture (resize too), file (decode too) or resident. {_LIST}",
            show_default="model",
        ),
    ] = None,
    device: DeviceOption = "cpu",
    threads: Annotated[
        list[str] | None,
        typer.Option("--threads", metavar="N", help=f"Threads of one run. {_LIST}", show_default="all cores"),
    ] = None,
    cores: Annotated[
        str | None, typer.Option("--cores", metavar="LIST", help="Pin to these cores, as 0,1.", show_default=False)
    ] = None,
    batch: Annotated[
        list[str] | None,
        typer.Option("--batch", metavar="N", help=f"Batch sizes of offline. {_LIST}", show_default="1,8,32"),
    ] = None,
    latency_bound: Annotated[
        float | None,
        typer.Option(
            "--latency-bound",
            min=0.001,
            max=1e6,
            metavar="MS",
            help="What the 99th percentile of server must keep.",
            show_default=False,
        ),
    ] = None,
    images: ImagesOption = None,
    setting: Annotated[
        list[str] | None,
        typer.Option("--setting", metavar="NAME=VALUE", help="As enable_cuda_graph=1.", show_default=False),
    ] = None,
    rounds: Annotated[
        int | None, typer.Option("--rounds", min=6, max=1000, metavar="N", help="Turns of each.", show_default="12")
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option("--seconds", min=0.01, max=3600, metavar="S", help="Length of a turn.", show_default="1"),
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Six short turns: a first look.")] = False,
    why: Annotated[bool, typer.Option("--why", help="Say where the time goes, and what the machine could do.")] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="FOLDER", help="Write report.json, report.md and report.html.", show_default=False
        ),
    ] = None,
    show_pictures: Annotated[
        bool, typer.Option("--show-pictures", help="Put the pictures that differ most into the page, blurred.")
    ] = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Measure latency and throughput against the original, side by side.

    Each runs in a process of its own, in turns; the exit code is 1 if one fails or does not decide like the original.
    With --out, report.json is written anew after every round; a run that is ended leaves it.
    """
    from models.errors import UserError
    from toolchain.benching.bench import bench as run
    from toolchain.benching.bench import failed, make_folder, save
    from toolchain.benching.keeping import kept
    from toolchain.benching.request import Request
    from toolchain.benching.tables import report_tables
    from toolchain.benching.words import numbers, split, stages

    output = Output(quiet)
    request = Request(
        bundles=tuple(bundles or ()),
        originals=tuple(original or ()),
        peers=split(peer) or (("all",) if peers else ()),
        scenarios=split(scenario),
        stages=stages(split(stage)),
        device=device,
        threads=numbers("--threads", split(threads), most=1024),
        settings=tuple(setting or ()),
        images=images,
        batches=numbers("--batch", split(batch), most=4096),
        latency_bound_ms=latency_bound,
        cores=numbers("--cores", split([cores] if cores else None), least=0, most=65535),
        rounds=rounds,
        seconds=seconds,
        quick=quick,
        why=why,
    )
    if show_pictures and not out:
        raise UserError("--show-pictures", "without a page to put them into", "Give --out FOLDER.")
    if out:
        make_folder(out)
    with kept(out, output, json=json) as keep, output.progress() as progress:
        report = run(request, progress, output.warn, keep)
    if json:
        output.line(report.model_dump_json(indent=2))
    else:
        output.show(*report_tables(report))
    files: tuple[Path, ...] = ()
    if out:
        with output.progress() as progress:
            files = save(report, out, progress, show_pictures=show_pictures, images=images)
    if problem := failed(report):
        raise problem
    if files:
        output.say(f"Next: open {files[-1]}, or rct compare {files[0]} LATER.json")
    else:
        output.say("Next: rct bench --out FOLDER writes a page with plots, and a file that rct compare reads.")
