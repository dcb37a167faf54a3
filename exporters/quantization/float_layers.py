"""Mixed int8: which nodes stay in float when some convolutions are to, and which convolutions round which activation.

    kept = expand(["conv2_block1", "conv5_block3_3"], network)     # names of convolutions
    float_nodes(network, kept)                                     # and of the additions, poolings ... that go along

An activation is rounded unless whatever writes it and whatever reads it is in float.
"""

from collections.abc import Collection, Iterator, Mapping

from exporters.quantization.observe import quantized_layers
from models.errors import UserError
from models.resnet50 import InferenceNetwork

_NAMES = "Name a convolution as conv2_block1_3, a block as conv2_block1, or a stage as conv2."
MOST_FLOAT = 0.5
"""Share of the activations that may be in float before float32 throughout is the better answer."""


def expand(names: Collection[str], network: InferenceNetwork) -> tuple[str, ...]:
    """Return the convolutions that ``names`` stand for, in running order: convolutions, whole blocks, whole stages.

    Raises:
        UserError: a name stands for none.
    """
    joined = network.shortcuts == "joined"
    wanted = {f"{name[:-2]}_3" if joined and name.endswith("_0") else name for name in names}
    for name in sorted(wanted):
        if not any(_within(convolution, name) for convolution in network.convolutions):
            raise UserError("--float-layers", f"no such layer (got {name!r})", _NAMES)
    return tuple(kept for kept in network.convolutions if any(_within(kept, name) for name in wanted))


def _within(convolution: str, name: str) -> bool:
    return convolution == name or convolution.startswith(f"{name}_")


def float_nodes(network: InferenceNetwork, kept: Collection[str]) -> frozenset[str]:
    """Return the layers of the inference form that compute in float when the convolutions ``kept`` do.

    An addition goes along with the convolution in front of it. What only moves values goes along where what it moves
    is in float on both sides.
    """
    nodes = {f"{name}_conv" for name in kept}
    if {"conv1", "conv2_block1_1", "conv2_block1_3"} <= set(kept):
        nodes.add("pool1_pool")
    blocks = [name.removesuffix("_3") for name in network.convolutions if name.endswith("_3")]
    for before, block, after in zip(["", *blocks], blocks, [*blocks[1:], ""], strict=False):
        if f"{block}_3" not in kept:
            continue
        if not network.before_relu(f"{block}_3"):
            nodes.add(f"{block}_add")
        elif f"{block}_2" in kept:
            nodes.add(f"{block}_join")
        thins = after.endswith("_block1") and f"{block}_0" not in network.convolutions
        if thins and (f"{before}_3" in kept if before else "pool1_pool" in nodes):
            nodes.add(f"{block}_subsample")
    return frozenset(nodes)


def rounded_by(network: InferenceNetwork) -> Mapping[str, frozenset[str]]:
    """Return, for each of ``quantized_layers``, the convolutions that have to be in float for it not to be rounded."""
    users: dict[str, set[str]] = {name: set() for name in quantized_layers(network)}
    convolutions = list(network.convolutions)
    stream = "conv1_relu"  # what the next block reads
    users[stream].add("conv1")
    for name in convolutions[1:]:
        block, _, branch = name.rpartition("_")
        if branch in "01":
            users[stream].add(name)
        elif branch == "2":
            users[f"{block}_1_relu"].add(name)
        else:
            users[f"{block}_2_relu"].add(name)
            if f"{block}_0" not in network.convolutions:  # through the addition, or joined
                users[stream].add(name)
            stream = f"{block}_out"
        users[_output(network, name)].add(name)
        if branch == "3":
            users[stream].add(name)
        elif branch == "0":
            users[_output(network, name)].add(f"{block}_3")
    return {name: frozenset(found) for name, found in users.items()}


def worst_first(
    network: InferenceNetwork, errors: Mapping[str, float], without: Collection[str] = ()
) -> Iterator[tuple[str, ...]]:
    """Yield ever longer tuples of convolutions to keep in float, each freeing the next worst activation from rounding.

    Args:
        network: in the form that is quantized.
        errors: of its ``quantized_layers``, the mean square logit error that rounding each alone makes.
        without: convolutions that cannot be in float.
    """
    around = {name: users for name, users in rounded_by(network).items() if not users & set(without)}
    kept: set[str] = set()
    for name in sorted(around, key=lambda name: -errors[name])[: int(len(around) * MOST_FLOAT)]:
        if around[name] <= kept:
            continue
        kept |= around[name]
        yield tuple(convolution for convolution in network.convolutions if convolution in kept)


def _output(network: InferenceNetwork, convolution: str) -> str:
    """Return the activation that a convolution's output is rounded as."""
    block, _, branch = convolution.rpartition("_")
    if not network.before_relu(convolution):
        return f"{convolution}_conv"
    return f"{block}_out" if branch == "3" else f"{convolution}_relu"
