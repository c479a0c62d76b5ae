"""The Kubernetes objects of the deployment files, as kubectl renders them."""

import functools
import pathlib
import re
import subprocess
import sys

import yaml

KUBECTL = pathlib.Path(sys.executable).parent / "kubectl"


def folders(root):
    """Every folder that is applied as a whole: all overlays, and KServe's."""
    found = sorted(path.parent for path in pathlib.Path(root, "deploy").rglob("kustomization.yaml"))
    return [
        folder for folder in found if folder.parent.name == "overlays" or folder.name == "kserve"
    ]


@functools.cache
def render(folder):
    result = subprocess.run(
        [KUBECTL, "kustomize", folder], capture_output=True, text=True, timeout=60, check=False
    )
    if result.returncode != 0 or result.stderr:
        raise RuntimeError(f"{folder}: {result.stderr}")
    return [each for each in yaml.safe_load_all(result.stdout) if each]


def of_kind(objects, kind):
    return [each for each in objects if each["kind"] == kind]


def containers(objects):
    """(pod's specification, container) of Deployments and serving runtimes."""
    found = _deployed(objects)
    found += [each["spec"] for each in of_kind(objects, "ClusterServingRuntime")]
    return [(pod, container) for pod in found for container in pod["containers"]]


def pods(objects):
    """Their specifications; of KServe's the part that is no runtime's."""
    return _deployed(objects) + [each["spec"]["predictor"] for each in of_kind(objects, "InferenceService")]


def _deployed(objects):
    return [each["spec"]["template"]["spec"] for each in of_kind(objects, "Deployment")]


def environment(container):
    return {each["name"]: each["value"] for each in container["env"]}


def seconds(text):
    return int(re.fullmatch(r"(\d+)s", text)[1])


def bytes_of(quantity):
    number, unit = re.fullmatch(r"(\d+)([KMG]i)", quantity).groups()
    return int(number) << {"Ki": 10, "Mi": 20, "Gi": 30}[unit]
