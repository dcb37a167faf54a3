"""What packages for servers say to Kubernetes: the README's command, run, gives what a parser of YAML reads."""

import os
import re
import subprocess

import pytest

from toolchain.packaging.build import write_package
from toolchain.packaging.kubernetes import kubernetes_name
from toolchain.packaging.targets import target

PORTS = {
    "triton": {"http": 8000, "grpc": 8001, "metrics": 8002},
    "tf-serving": {"grpc": 8500, "rest": 8501},
}
READY = {"triton": ("/v2/health/ready", "http"), "tf-serving": ("/v1/models/colours/metadata", "rest")}


@pytest.fixture(params=PORTS)
def name(request):
    return request.param


@pytest.fixture
def package(name, bundle_of, tmp_path):
    write_package(bundle_of(target(name).FORMATS[0]), name, tmp_path / "package")
    return tmp_path / "package"


def apply(package, folder, **variables):
    """Run the README's command with a kubectl that shows what it is given."""
    (command,) = re.findall(r"^    (.* kubectl apply .*)$", (package / "README.md").read_text("utf-8"), re.MULTILINE)
    (folder / "kubectl").write_text("#!/bin/sh\nexec cat\n")
    (folder / "kubectl").chmod(0o755)
    variables["PATH"] = f"{folder}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["sh", "-c", command], cwd=package, env=variables, capture_output=True, text=True, check=False
    )


@pytest.fixture
def documents(package, tmp_path):
    """What ``kubectl apply`` is given by the README's command, with a kubectl that shows it."""
    yaml = pytest.importorskip("yaml", reason="reads what is for Kubernetes")
    done = apply(package, tmp_path, IMAGE="registry.example/a/image:1.2-py3")
    assert (done.returncode, done.stderr) == (0, "")
    return list(yaml.safe_load_all(done.stdout))


def test_the_readme_sets_what_its_commands_take_and_they_stop_where_it_is_not_set(package, tmp_path):
    commands = re.findall(r"^    +(.*)$", (package / "README.md").read_text("utf-8"), re.MULTILINE)
    first = next(line for line in commands if "IMAGE" in line)
    assert re.fullmatch(r"IMAGE=\S+:VERSION\S*", first)
    assert "$IMAGE" not in "".join(commands)
    assert "IMAGE: parameter" in apply(package, tmp_path).stderr


def test_there_are_a_deployment_and_a_service_that_finds_it(documents, name):
    deployment, service = documents
    assert (deployment["apiVersion"], deployment["kind"]) == ("apps/v1", "Deployment")
    assert (service["apiVersion"], service["kind"]) == ("v1", "Service")
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert deployment["spec"]["selector"]["matchLabels"] == service["spec"]["selector"] == labels
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "registry.example/a/image:1.2-py3"
    assert container["resources"]["requests"].keys() == {"cpu", "memory"}
    assert {port["name"]: port["containerPort"] for port in container["ports"]} == PORTS[name]
    assert {port["targetPort"]: port["port"] for port in service["spec"]["ports"]} == PORTS[name]


def test_the_server_gets_the_options_of_the_readme_and_what_they_name(documents, package):
    pod = documents[0]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    command = " ".join((package / "README.md").read_text("utf-8").split())
    volumes = {volume["name"] for volume in pod["volumes"]}
    assert all(argument in command for argument in container["args"])
    assert {mount["name"] for mount in container["volumeMounts"]} == volumes
    given = {mount["mountPath"] for mount in container["volumeMounts"]}
    named = {word for argument in container["args"] for word in re.findall(r"=(/\w+)", argument)}
    assert named <= given


def test_probes_ask_a_port_that_is_there_whether_the_model_is_loaded(documents, name):
    (container,) = documents[0]["spec"]["template"]["spec"]["containers"]
    path, port = READY[name]
    for probe in ("startupProbe", "readinessProbe"):
        assert container[probe]["httpGet"] == {"path": path, "port": port}
    (alive,) = [ask for kind, ask in container["livenessProbe"].items() if kind in ("httpGet", "tcpSocket")]
    assert alive["port"] in PORTS[name]


@pytest.mark.parametrize(
    ("model", "name"),
    [("colours", "colours"), ("Open_nsfw.v2-b", "open-nsfw-v2-b"), ("4eyes.", "m-4eyes"), ("a" * 62 + "-b", "a" * 62)],
)
def test_a_name_is_one_that_kubernetes_takes(model, name):
    assert kubernetes_name(model) == name
    assert re.fullmatch(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?", kubernetes_name(model))
