"""bom.cdx.json: a CycloneDX 1.6 bill of materials of the model (an ML-BOM; cyclonedx.org, ECMA-424).

It names the model and its digest, its licence, what it was made from and with, what it was calibrated on, and which
runtime reads it. Serial number and references come from digests, and there is no date: the same bundle gives the same
bytes.
"""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

from toolchain.packaging.content import Content

if TYPE_CHECKING:
    from cyclonedx.model.component import Component

BOM = "bom.cdx.json"
_UUID_DIGITS = 32


def bill_of_materials(content: Content) -> bytes:
    """Return the document as JSON, its keys sorted."""
    from cyclonedx.model.bom import Bom
    from cyclonedx.output import make_outputter
    from cyclonedx.schema import OutputFormat, SchemaVersion

    model, parts, tools = _model(content), list(_parts(content)), list(_tools(content))
    bom = Bom(serial_number=UUID(content.manifest.sha256[:_UUID_DIGITS], version=5), components=parts)
    bom.metadata.component = model
    bom.metadata.tools.components.update(tools)
    bom.register_dependency(model, parts)
    text = make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string()
    document = json.loads(text)
    del document["metadata"]["timestamp"]
    document["metadata"]["component"]["modelCard"] = _card(content)  # which the library does not know
    return (json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _model(content: Content) -> "Component":

    from cyclonedx.model import HashAlgorithm, HashType, Property
    from cyclonedx.model.component import Component, ComponentType
    from cyclonedx.model.license import LicenseExpression

    manifest, spec = content.manifest, content.spec
    return Component(
        type=ComponentType.MACHINE_LEARNING_MODEL,
        name=manifest.name,
        bom_ref=f"model:{manifest.sha256}",
        description=spec.description or None,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=manifest.files[manifest.model].sha256)],
        licenses=[LicenseExpression(spec.licence)],
        properties=[
            Property(name="rct:manifest:sha256", value=manifest.sha256),
            Property(name="rct:format", value=manifest.format),
            Property(name="rct:recipe", value=manifest.recipe),
        ],
    )


def _parts(content: Content) -> Iterator["Component"]:
    """Yield what the model was made from, and what runs it."""
    from cyclonedx.model import HashAlgorithm, HashType, Property
    from cyclonedx.model.component import Component, ComponentType

    manifest = content.manifest
    if manifest.parent:
        yield Component(
            type=ComponentType.MACHINE_LEARNING_MODEL,
            name=manifest.parent.name,
            bom_ref=f"original:{manifest.parent.sha256}",
            description="the original; the digest is that of its manifest",
            hashes=[HashType(alg=HashAlgorithm.SHA_256, content=manifest.parent.sha256)],
        )
    if manifest.calibration:
        yield Component(
            type=ComponentType.DATA,
            name="calibration pictures",
            bom_ref=f"calibration:{manifest.calibration.sha256}",
            description=f"{manifest.calibration.pictures} pictures; the digest is over their own, sorted",
            hashes=[HashType(alg=HashAlgorithm.SHA_256, content=manifest.calibration.sha256)],
        )
    for name, version in sorted(manifest.minimum_runtime.items()):
        yield Component(
            type=ComponentType.LIBRARY,
            name=name,
            bom_ref=f"runtime:{name}",
            properties=[Property(name="rct:minimum_version", value=version)],
        )


def _tools(content: Content) -> Iterator["Component"]:
    from cyclonedx.model.component import Component, ComponentType

    for name, version in sorted(content.manifest.tools.items()):
        yield Component(type=ComponentType.LIBRARY, name=name, version=version, bom_ref=f"tool:{name}")


def _card(content: Content) -> dict[str, Any]:
    """Return the model card of CycloneDX: what goes in and out, and what it is for."""
    manifest, spec = content.manifest, content.spec
    inputs, outputs = (
        [{"format": f"{one.dtype} {_shape(one.shape)} {one.name}"} for one in tensors]
        for tensors in (manifest.inputs, manifest.outputs)
    )
    return {
        "modelParameters": {
            "task": "image classification",
            "architectureFamily": "ResNet",
            "modelArchitecture": spec.backbone,
            "inputs": inputs,
            "outputs": outputs,
        },
        "considerations": {
            "useCases": [f"{category.name}: {category.definition}" for category in spec.categories],
            "technicalLimitations": ["A score from review to block is a case for a person.", "See MODEL_CARD.md."],
        },
    }


def _shape(shape: tuple[int | None, ...]) -> str:
    return f"[{', '.join('any' if size is None else str(size) for size in shape)}]"
