"""``rct evaluate``."""

from pathlib import Path
from typing import Annotated

import typer

from toolchain.completion import classifiers
from toolchain.options import (
    BatchOption,
    DataOption,
    DeviceOption,
    JsonOption,
    QuietOption,
    RuntimeOption,
    SeedOption,
    ThreadsOption,
)
from toolchain.output import Output

_SHOWN = 5


def evaluate(
    classifier: Annotated[
        str,
        typer.Argument(
            metavar="CLASSIFIER|BUNDLE", help="What to judge.", autocompletion=classifiers, show_default=False
        ),
    ],
    data: DataOption,
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
    write: Annotated[
        bool,
        typer.Option("--write", help="Write the chosen thresholds into the classifier; needs --choose-thresholds."),
    ] = False,
    slices: Annotated[
        list[str] | None,
        typer.Option(
            "--slices",
            metavar="COLUMN",
            help="Look at each value of a column by itself: a ledger's column, group, width, folder, or a label.",
            show_default="source, licence, group, width, folder",
        ),
    ] = None,
    robustness: Annotated[
        bool, typer.Option("--robustness", help="Change pictures in every way that rct knows.")
    ] = False,
    perturbation: Annotated[
        list[str] | None,
        typer.Option("--perturbation", metavar="NAME", help="Change them in this way only.", show_default=False),
    ] = None,
    perturbed: Annotated[
        int, typer.Option("--perturbed", min=1, metavar="N", help="Pictures to change, at most.")
    ] = 200,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write a page with plots, without pictures.", show_default=False),
    ] = None,
    batch: BatchOption = 16,
    runtime: RuntimeOption = None,
    threads: ThreadsOption = None,
    device: DeviceOption = "cpu",
    seed: SeedOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Say how good a classifier is on labelled pictures that it has not seen.

    Everything has an interval. What cannot be measured is said, and the rest goes on.
    """
    from benchmarks.bootstrap import Bootstrap
    from models.errors import UserError
    from toolchain.evaluation.evaluate import evaluate as run
    from toolchain.evaluation.page import write_page
    from toolchain.evaluation.request import Request
    from toolchain.evaluation.rewriting import check_rewritable, write_thresholds
    from toolchain.evaluation.tables import evaluation_tables
    from toolchain.evaluation.thresholds import read_goals
    from toolchain.perturbations import perturbation_names
    from toolchain.references import open_reference

    output = Output(quiet)
    if write and not choose_thresholds:
        raise UserError("--write", "there are no thresholds to write", "Give --choose-thresholds, too.")
    if write:
        check_rewritable(open_reference(classifier))
    request = Request(
        place=data,
        split=split,
        categories=category or (),
        goals=read_goals(review_fpr, block_fpr, review_load, prevalence),
        choose=choose_thresholds,
        slices=slices or (),
        perturbations=perturbation or (perturbation_names() if robustness else ()),
        perturbed=perturbed,
        batch_size=batch,
        runtime=runtime,
        threads=threads,
        device=device,
        bootstrap=Bootstrap(seed=seed or 0),
    )
    with output.progress() as progress:
        evaluation = run(classifier, request, progress)
    for one in evaluation.report.unreadable[:_SHOWN]:
        output.warn(f"{one.picture}: {one.problem}.")
    if html:
        output.say(f"wrote {write_page(evaluation.report, html)}")
    if json:
        output.document(evaluation.report.model_dump(mode="json"))
    else:
        output.show(*evaluation_tables(evaluation.report))
    if write:
        write_thresholds(evaluation.bundle, evaluation.choices, evaluation.where)
        output.say(f"wrote the thresholds into {evaluation.bundle.path}; exports made before keep the old ones.")
    output.say(evaluation.next_line)
