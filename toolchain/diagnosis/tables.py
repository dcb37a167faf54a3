"""A diagnosis for a reader."""

from rich.console import RenderableType
from rich.text import Text

from models.processor import FEATURES
from toolchain.diagnosis.diagnose import Diagnosis
from toolchain.diagnosis.machine import Machine
from toolchain.diagnosis.plugins import Plugin, Providers
from toolchain.output import size_text
from toolchain.table import facts, table, title, verdict


def diagnosis_tables(found: Diagnosis) -> list[RenderableType]:
    """Return everything that ``rct doctor`` found, narrow enough for 80 columns, problems last."""
    packages = [("rct", found.rct or "from source"), ("python", found.python), *found.packages.items()]
    plugins = [("format", one) for one in found.formats] + [("runtime", one) for one in found.runtimes]
    parts: list[RenderableType] = [
        title("machine"),
        facts(_machine_rows(found.machine)),
        title("packages"),
        facts(packages),
        title("ONNX Runtime"),
        facts(_provider_rows(found.providers)),
        title("formats and runtimes"),
        table(("", "name", "package", ""), [_plugin_row(kind, one) for kind, one in plugins]),
        title("verdict"),
        facts([("", verdict(not found.problems))]),
    ]
    for problem in found.problems:
        parts.append(Text(f"\n{problem.subject} {problem.what}.", style="red"))
        parts.append(Text(f"  {problem.remedy}"))
    return parts


def _machine_rows(machine: Machine) -> list[tuple[str, str]]:
    int8 = "sums in 16 bits: int8 loses accuracy unless exported with --target-cpu avx2"
    return [
        ("system", machine.system),
        ("processor", f"{machine.processor} ({machine.architecture})"),
        *(("", FEATURES[name]) for name in machine.features),
        ("int8", int8 if machine.int8_saturates else "sums in 32 bits, as it should"),
        ("cores", f"{machine.usable_cores} usable of {machine.cores}"),
        ("memory", "not known" if machine.memory is None else size_text(machine.memory)),
        ("disk", f"{size_text(machine.disk)} free"),
        *(("GPU", f"{gpu.name}, {size_text(gpu.memory)}, driver {gpu.driver}") for gpu in machine.gpus),
    ]


def _provider_rows(providers: Providers) -> list[tuple[str, str]]:
    names = ", ".join(name.removesuffix("ExecutionProvider") for name in providers.built_in)
    rows = [("built in", names or "ONNX Runtime is not installed")]
    if providers.cuda:
        rows.append(("CUDA", f"built for CUDA {providers.cuda}; {providers.cuda_obstacle or 'it loads'}"))
    return rows


def _plugin_row(kind: str, plugin: Plugin) -> tuple[str | Text, ...]:
    state = Text("ready", style="green") if plugin.ready else Text(plugin.remedy, style="yellow")
    package = " ".join(filter(None, (plugin.package, plugin.version))) or "none"
    return kind, plugin.name, package, state
