"""The accuracy budget: the fastest recipe whose decisions stay within what the user can spare.

    found = search(originals, "onnx", target, examples, options, Budget(max_flips=0.001), progress, warn)
    found.chosen.recipe, found.chosen.float_layers           # "int8", ("conv2_block1_3", ...)

int8 is tried first. Where it breaks the budget, the activations whose rounding moves the logits most are put back into
float, with the convolutions around them, the worst first: one backward pass over the calibration pictures has ranked
all of them (exporters.quantization.clipping). How many, is found by doubling and halving. float32 is the last resort.
Every trial is a real export, judged on real pictures in its runtime.
"""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.paired import Ratio
from benchmarks.parity import judge, tolerance_for
from benchmarks.parity_report import ParityReport
from exporters.export import Loaded, calibrate, load, write
from exporters.formats import ExportOptions, check_request, load_format
from exporters.quantization.clipping import METHOD
from exporters.quantization.float_layers import worst_first
from exporters.quantization.prepare import Prepared
from models.bundle import Bundle, check_target
from models.errors import UserError, VerdictError
from toolchain.budget import Budget, Trial, described, judged
from toolchain.output import Progress
from toolchain.tensorflow_noise import quiet_keras
from toolchain.verification.comparison import Warn
from toolchain.verification.examples import Examples
from toolchain.verification.reference import Reference, observe_against, observe_original
from toolchain.verification.speed import time_ratio


@dataclass(frozen=True)
class Found:
    """The trial that was chosen, the bundle it became, how it compares, and its time against that of plain int8."""

    bundle: Bundle
    originals: tuple[Bundle, ...]
    report: ParityReport
    chosen: Trial
    trials: tuple[Trial, ...]
    calibrator: str
    time: Ratio | None


def search(
    originals: Sequence[Bundle],
    format_name: str,
    target: Path,
    examples: Examples,
    options: ExportOptions,
    budget: Budget,
    progress: Progress,
    warn: Warn,
) -> Found:
    """Try recipes in order of speed, and write the first that holds to ``target``.

    Raises:
        UserError: the format has no int8, the budget has no limit or wants labels that are not there, or a calibrator
            that does not rank layers.
        VerdictError: no recipe stays within the budget.
    """
    _check(format_name, options, budget, examples)
    check_target(target, overwrite=options.overwrite)
    progress("starting Keras")
    quiet_keras()
    loaded = load(originals, options, progress)
    reference = observe_original(originals, examples, loaded.spec, progress, warn)
    _warn_if_few(reference, budget, warn)
    prepared = calibrate(loaded, options, progress)
    with tempfile.TemporaryDirectory() as scratch:
        bench = _Bench(loaded, prepared, format_name, options, budget, reference, Path(scratch), progress)
        chosen, trials = _first_that_holds(bench)
        progress(f"writing {chosen.recipe}")
        final = replace(options, float_layers=chosen.float_layers)
        bundle = write(loaded, bench.prepared_for(chosen.recipe), format_name, chosen.recipe, target, final, progress)
        progress("timing it against plain int8")
        plain = bench.folder("int8", ())
        ratio = None if (chosen.recipe, chosen.float_layers) == ("int8", ()) else time_ratio(bundle, Bundle.open(plain))
    report = bench.report(bundle)
    return Found(bundle, tuple(originals), report, chosen, trials, prepared.calibration.method, ratio)


def _check(format_name: str, options: ExportOptions, budget: Budget, examples: Examples) -> None:
    module = load_format(format_name)
    if "int8" not in module.CALIBRATED or "float_layers" not in module.OPTIONS:
        raise UserError("--quantize auto", f"{format_name} has no mixed int8", "Take --format onnx or tflite.")
    check_request(format_name, "int8", options)
    if budget.max_flips is None and budget.max_auc_drop is None:
        raise UserError("--quantize auto", "without a budget", "Give --max-flips, --max-auc-drop or both.")
    if options.calibrator not in (None, METHOD) or options.rounding == "nearest":
        raise UserError("--quantize auto", f"ranks layers by {METHOD} alone", "Leave --calibrator and --rounding out.")
    if options.float_layers:
        raise UserError("--quantize auto", "chooses the layers in float by itself", "Leave --float-layers out.")
    if budget.max_auc_drop is not None and not examples.shown:
        problem = "needs labels, and the pictures have none"
        raise UserError("--max-auc-drop", problem, "Give --images with folders named like categories.")


def _warn_if_few(reference: Reference, budget: Budget, warn: Warn) -> None:
    count = len(reference.ids)
    if budget.max_flips and count * budget.max_flips < 1:
        warn(
            f"--max-flips: {100 * budget.max_flips:.3g} % of {count} pictures is less than one, so none may flip. "
            f"None of {count} shows {100 * 3 / count:.2g} % at most, with 95 % confidence; more pictures show more."
        )


@dataclass(frozen=True)
class _Bench:
    """Makes trials: everything that all of them share."""

    loaded: Loaded
    prepared: Prepared
    format_name: str
    options: ExportOptions
    budget: Budget
    reference: Reference
    scratch: Path
    progress: Progress

    def prepared_for(self, recipe: str) -> Prepared | None:
        return self.prepared if recipe in load_format(self.format_name).CALIBRATED else None

    def folder(self, recipe: str, float_layers: tuple[str, ...]) -> Path:
        return self.scratch / f"{recipe}-{len(float_layers)}"

    def report(self, bundle: Bundle) -> ParityReport:
        observed = observe_against(self.reference, bundle, self.progress)
        about = {"bundle": bundle.manifest.name, "original": "+".join(o.manifest.name for o in self.loaded.originals)}
        recipe, spec = bundle.manifest.recipe, bundle.manifest.spec
        return judge(observed, spec, tolerance_for(recipe), original=self.loaded.spec.thresholds, about=about)

    def trial(self, recipe: str, float_layers: tuple[str, ...] = ()) -> Trial:
        mixed = f", {len(float_layers)} layers in float" if float_layers else ""
        self.progress(f"trying {recipe}{mixed}")
        options = replace(self.options, float_layers=float_layers, overwrite=True)
        target = self.folder(recipe, float_layers)
        prepared = self.prepared_for(recipe)
        bundle = write(self.loaded, prepared, self.format_name, recipe, target, options, lambda _: None)
        return judged(recipe, float_layers, self.report(bundle), self.budget)


def _first_that_holds(bench: _Bench) -> tuple[Trial, tuple[Trial, ...]]:
    trials = [bench.trial("int8")]
    if trials[0].held:
        return trials[0], tuple(trials)
    never_float = load_format(bench.format_name).NEVER_FLOAT
    steps = list(worst_first(bench.prepared.network, bench.prepared.errors, never_float))
    mixed: dict[int, Trial] = {}

    def holds(count: int) -> bool:
        mixed[count] = bench.trial("int8", steps[count - 1])
        trials.append(mixed[count])
        return mixed[count].held

    fewest = fewest_that_hold(holds, len(steps))
    if fewest is not None:
        return mixed[fewest], tuple(trials)
    trials.append(bench.trial("fp32"))
    if trials[-1].held:
        return trials[-1], tuple(trials)
    tried = "; ".join(f"{described(trial)}: {trial.broken[0]}" for trial in trials)
    raise VerdictError("--quantize auto", f"no recipe stays within the budget ({tried})", "Allow for more.")


def fewest_that_hold(holds: Callable[[int], bool], most: int) -> int | None:
    """Return the least count from 1 to ``most`` that holds, if more are no worse than fewer; None if none does.

    Counts are doubled until one holds, and the gap is halved: about 2 log2(count) are tried.
    """
    failing, count = 0, 1
    while failing < most and not holds(count):
        failing, count = count, min(count * 2, most)
    if failing >= most:
        return None
    while count - failing > 1:
        middle = (count + failing) // 2
        failing, count = (failing, middle) if holds(middle) else (middle, count)
    return count
