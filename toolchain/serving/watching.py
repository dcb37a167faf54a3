"""What can be seen of a server from outside: Prometheus metrics and a line of log per request.

Neither holds anything that a client chose: no bytes, no names, no addresses, no paths.
"""

import json
import logging
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from models.spec import Verdict
from toolchain.serving.refusals import STATUS, Reason

Stage = Literal["body", "decode", "queue", "model", "total"]
Outcome = Reason | Literal["scored"]

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
_BATCHES = (1, 2, 4, 8, 16, 32, 64)
_LOG = logging.getLogger("rct.serve")


class Watch:
    """The metrics of one server, in a registry of its own; ``as_json``: log lines are JSON."""

    def __init__(self, *, as_json: bool = False) -> None:
        self._as_json = as_json
        self.registry = CollectorRegistry()
        self.queue_depth = Gauge("rct_queue_depth", "Pictures that wait for their turn.", registry=self.registry)
        self.in_flight = Gauge("rct_requests_in_flight", "Requests that are worked on.", registry=self.registry)
        self.batch_size = Histogram("rct_batch_size", "Pictures in a run.", buckets=_BATCHES, registry=self.registry)
        self._requests = Counter("rct_requests", "Requests by how they ended.", ["outcome"], registry=self.registry)
        self._stages = Histogram(
            "rct_stage_seconds", "Seconds by stage.", ["stage"], buckets=_SECONDS, registry=self.registry
        )
        for outcome in ("scored", *STATUS):  # so that those which did not happen yet are seen as zero
            self._requests.labels(outcome)

    def stage(self, stage: Stage, seconds: float) -> None:
        """Count the time that a request or, of "model", a batch spent in a stage."""
        self._stages.labels(stage).observe(seconds)

    def ended(self, outcome: Outcome, seconds: float, *, size: int, verdict: Verdict) -> None:
        """Count a request that has ended, and log it; ``size`` is the body's, in bytes, as far as it was read."""
        self._requests.labels(outcome).inc()
        self.stage("total", seconds)
        if not _LOG.isEnabledFor(logging.INFO):
            return
        if self._as_json:
            line = {"outcome": outcome, "verdict": verdict, "bytes": size, "ms": round(1e3 * seconds, 1)}
            _LOG.info(json.dumps(line))
        else:
            _LOG.info("%s %s, %d bytes, %.1f ms", outcome, verdict, size, 1e3 * seconds)

    def runtime_failed(self, error: BaseException) -> None:
        """Log what a runtime raised."""
        text = f"the model could not be run: {error}"
        _LOG.error(json.dumps({"error": text}) if self._as_json else text)

    def page(self) -> bytes:
        """Return the metrics in Prometheus' text format."""
        return generate_latest(self.registry)
