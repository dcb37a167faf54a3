"""``rct evaluate``."""

from pathlib import Path
from typing import Annotated

import typer

from toolchain.completion import classifiers
from toolchain.options import BatchOption, DeviceOption, JsonOption, QuietOption, RuntimeOption, ThreadsOption
from toolchain.output import Output


def evaluate(
    classifier: Annotated[
        str,
        typer.Argument(
            metavar="CLASSIFIER|BUNDLE", help="What to judge.", autocompletion=classifiers, show_default=False
        ),
    ],
    data: Annotated[
        Path,
        typer.Option(
            "--data",
            metavar="PLACE",
            help="A dataset: a folder with a ledger, or with labelled folders.",
            show_default=False,
        ),
    ],
    split: Annotated[
        str | None, typer.Option("--split", metavar="NAME", help="Which part of it.", show_default="val, test or all")
    ] = None,
    category: Annotated[
        list[str] | None,
        typer.Option("--category", metavar="NAME", help="What to judge it for.", show_default="all with labels"),
    ] = None,
    prevalence: Annotated[
        str, typer.Option("--prevalence", metavar="SHARE", help="Positives among all pictures where it will work.")
    ] = "1%",
    review_fpr: Annotated[
        str, typer.Option("--review-fpr", metavar="SHARE", help="Negatives that may be flagged for review.")
    ] = "1%",
    block_fpr: Annotated[
        str, typer.Option("--block-fpr", metavar="SHARE", help="Negatives that may be blocked.")
    ] = "0.1%",
    review_load: Annotated[
        str | None,
        typer.Option(
            "--review-load",
            metavar="SHARE",
            help="Pictures that people can look at, of all; in place of --review-fpr.",
            show_default=False,
        ),
    ] = None,
    choose_thresholds: Annotated[
        bool, typer.Option("--choose-thresholds", help="Judge at thresholds that keep to those shares.")
    ] = False,
    batch: BatchOption = 16,
    runtime: RuntimeOption = None,
    threads: ThreadsOption = None,
    device: DeviceOption = "cpu",
    seed: Annotated[int, typer.Option("--seed", min=0, metavar="N", help="Of what is drawn for the intervals.")] = 0,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Say how good a classifier is on labelled pictures that it has not seen.

    Everything has an interval. What cannot be measured is said, and the rest goes on.
    """
    from toolchain.evaluation.evaluate import Request
    from toolchain.evaluation.evaluate import evaluate as run
    from toolchain.evaluation.tables import evaluation_tables
    from toolchain.evaluation.thresholds import read_goals

    output = Output(quiet)
    goals = read_goals(review_fpr, block_fpr, review_load, prevalence)
    request = Request(data, split, category or (), goals, choose_thresholds, batch, runtime, threads, device, seed)
    with output.progress() as progress:
        evaluation = run(classifier, request, progress)
    for one in evaluation.report.unreadable[:5]:
        output.warn(f"{one.picture}: {one.problem}.")
    if json:
        output.document(evaluation.report.model_dump(mode="json"))
    else:
        output.show(*evaluation_tables(evaluation.report))
    output.say(evaluation.next_line)
