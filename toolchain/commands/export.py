"""``rct export``."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from toolchain.options import (
    ClassifiersArgument,
    FormatOption,
    ImagesOption,
    JsonOption,
    OutOption,
    OverwriteOption,
    QuietOption,
    RecipeOption,
)
from toolchain.output import Output


def export(
    classifiers: ClassifiersArgument = None,
    format: FormatOption = "onnx",  # noqa: A002  the option's name
    quantize: RecipeOption = None,
    out: OutOption = None,
    name: Annotated[str | None, typer.Option("--name", help="Name the bundle.", show_default=False)] = None,
    overwrite: OverwriteOption = False,
    images: ImagesOption = None,
    calibrate: Annotated[
        Path | None,
        typer.Option(
            "--calibrate", metavar="DIR", help="Measure int8 ranges on your own pictures.", show_default=False
        ),
    ] = None,
    calibrator: Annotated[
        Literal["logit-error", "minmax", "entropy", "percentile"] | None,
        typer.Option("--calibrator", help="How ranges are chosen.", show_default=False),
    ] = None,
    target_cpu: Annotated[
        Literal["this", "vnni", "avx2", "arm"] | None,
        typer.Option("--target-cpu", help="What int8 is to run on.", show_default=False),
    ] = None,
    rounding: Annotated[
        Literal["second-order", "nearest"] | None,
        typer.Option("--rounding", help="How int8 weights are rounded.", show_default=False),
    ] = None,
    batch: Annotated[int, typer.Option("--batch", min=0, metavar="N", help="Pictures per run, 0 for any.")] = 0,
    opset: Annotated[int | None, typer.Option("--opset", metavar="N", help="ONNX operator set.")] = None,
    ir_version: Annotated[int | None, typer.Option("--ir-version", metavar="N", help="ONNX file version.")] = None,
    float_layers: Annotated[
        list[str] | None,
        typer.Option(
            "--float-layers",
            metavar="NAME",
            help="Leave a convolution, block or stage of int8 in float.",
            show_default=False,
        ),
    ] = None,
    max_flips: Annotated[
        str | None,
        typer.Option(
            "--max-flips",
            metavar="SHARE",
            help="--quantize auto: decisions that may change, as 0.1%.",
            show_default=False,
        ),
    ] = None,
    max_auc_drop: Annotated[
        float | None,
        typer.Option(
            "--max-auc-drop",
            min=0,
            metavar="DROP",
            help="--quantize auto: what ROC-AUC may lose; wants labels.",
            show_default=False,
        ),
    ] = None,
    resize_in_graph: Annotated[
        bool, typer.Option("--resize-in-graph", help="The model resizes: it takes pictures of any size.")
    ] = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Turn Keras classifiers into one small, fast model.

    It is compared with them on real pictures, and the exit code is 1 if it decides otherwise.
    """
    from exporters.formats import ExportOptions
    from models.errors import UserError
    from toolchain.budget import NO_BUDGET, read_budget
    from toolchain.export_all import ALL, show_all
    from toolchain.exporting import AUTO, Request, export_and_compare, export_document, export_tables, failed, meant_for

    output = Output(quiet)
    request = Request(classifiers, format, quantize, out, images)
    options = ExportOptions(
        overwrite=overwrite,
        name=name,
        batch=batch or None,
        opset=opset,
        ir_version=ir_version,
        calibrate=calibrate,
        calibrator=calibrator,
        cpu=meant_for(target_cpu),
        rounding=rounding,
        resize_in_graph=resize_in_graph,
        float_layers=tuple(layer for given in float_layers or () for layer in given.split(",")),
    )
    budget = read_budget(max_flips, max_auc_drop)
    if format == ALL:
        if quantize == AUTO or budget != NO_BUDGET:
            raise UserError("--quantize auto", "finds a recipe for one format (got --format all)", "Name the format.")
        show_all(request, options, output, json=json)
        return
    with output.progress() as progress:
        exported = export_and_compare(request, options, progress, output.warn, budget)
    if json:
        output.document(export_document(exported))
    else:
        output.show(*export_tables(exported))
    if not exported.report.passed:
        raise failed(exported)
    output.say(f"Next: {exported.next_command}")
