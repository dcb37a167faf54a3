"""``rct serve``."""

from typing import Annotated, Literal

import typer

from models.errors import UserError
from toolchain.options import BundleArgument, DeviceOption, JsonOption, QuietOption, RuntimeOption
from toolchain.output import Output


def serve(
    bundle: BundleArgument,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; 0 is any free one.")] = 8000,
    workers: Annotated[
        int | None,
        typer.Option("--workers", min=1, max=256, help="Runs at once.", show_default="the cores; of a GPU 1"),
    ] = None,
    threads: Annotated[int, typer.Option("--threads", min=1, metavar="N", help="Threads of one run.")] = 1,
    decoders: Annotated[
        int | None,
        typer.Option(
            "--decoders", min=1, max=256, help="With --device cuda: pictures decoded at once.", show_default="the cores"
        ),
    ] = None,
    max_bytes: Annotated[int, typer.Option("--max-bytes", min=1, help="Most bytes of a picture.")] = 10_000_000,
    max_pixels: Annotated[
        int, typer.Option("--max-pixels", min=1, max=100_000_000, help="Most pixels of a picture.")
    ] = 40_000_000,
    timeout: Annotated[float, typer.Option("--timeout", min=0.05, max=600, help="Seconds for one request.")] = 10.0,
    queue: Annotated[int, typer.Option("--queue", min=1, max=100_000, help="Most requests at once.")] = 128,
    batch: Annotated[
        int | None,
        typer.Option("--batch", min=1, max=1024, help="Most pictures in a run.", show_default="4; of a GPU 32"),
    ] = None,
    batch_wait: Annotated[
        float,
        typer.Option("--batch-wait", min=0, max=1000, metavar="MS", help="How long a run waits for more pictures."),
    ] = 0.0,
    log: Annotated[Literal["text", "json", "none"], typer.Option("--log", help="A line for each request.")] = "none",
    runtime: RuntimeOption = None,
    device: DeviceOption = "cpu",
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Serve a bundle over HTTP: pictures in, scores and verdicts out.

    What cannot be scored is answered with the verdict review.
    """
    from toolchain.serving.starting import check_packages

    check_packages()

    if decoders is not None and device == "cpu":
        raise UserError("--decoders", "is of --device cuda", "A run decodes its own pictures here: use --workers.")

    from models.processor import usable_cores
    from toolchain.serving.serve import serve_bundle
    from toolchain.serving.settings import Settings

    cores = usable_cores()
    settings = Settings(
        workers=workers or (1 if device == "cuda" else cores),
        decoders=decoders or cores,
        threads=threads,
        max_bytes=max_bytes,
        max_pixels=max_pixels,
        timeout=timeout,
        queue=queue,
        batch=batch or (32 if device == "cuda" else 4),
        batch_wait=batch_wait / 1000,
        device=device,
    )
    output = Output(quiet)

    def listening(url: str) -> None:
        if json:
            output.document({"url": url, "openapi": f"{url}/openapi.json"})
        else:
            output.line(url)
        output.say(f"Next: curl -H 'Content-Type: image/jpeg' --data-binary @PICTURE {url}/v1/classify")

    with output.progress() as progress:
        ready = serve_bundle(bundle, host, port, settings, runtime, log, progress)
    ready(listening)
