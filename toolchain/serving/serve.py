"""Behind ``rct serve``: a bundle in, a server that runs until it is told to stop.

run = serve_bundle(Path("exports/mine"), "127.0.0.1", 8000, settings, None, "none", progress)   # loaded and checked
run(print)                                                                                      # listens
"""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from models.bundle import Bundle
from toolchain.output import Progress
from toolchain.serving.app import build_app
from toolchain.serving.server import bind, log_to_stderr, make_server, run_until_told, url_of
from toolchain.serving.settings import Settings
from toolchain.serving.starting import load_checked
from toolchain.serving.watching import Watch
from toolchain.tensorflow_noise import quiet_keras

Log = Literal["text", "json", "none"]
Run = Callable[[Callable[[str], None]], None]
"""Listens, says where, and returns once it was told to stop and has answered what was under way."""


def serve_bundle(
    path: Path, host: str, port: int, settings: Settings, runtime: str | None, log: Log, progress: Progress
) -> Run:
    """Take the address, load the bundle and check it; what is returned serves it.

    Raises:
        UserError: the address cannot be had, or the bundle not be loaded.
        VerdictError: the bundle does not reproduce its golden vectors here.
    """
    progress(f"loading {path}")
    bundle = Bundle.open(path)
    bound = bind(host, port)
    try:
        if bundle.manifest.format == "keras":
            quiet_keras()
        predict = load_checked(bundle, settings, runtime)
    except BaseException:
        bound.close()
        raise
    server = make_server(build_app(bundle.manifest, predict, settings, Watch(as_json=log == "json")), settings)

    def run(listening: Callable[[str], None]) -> None:
        log_to_stderr(logging.ERROR if log == "none" else logging.INFO)
        with bound:
            bound.listen()
            listening(url_of(bound))
            run_until_told(server, bound)

    return run
