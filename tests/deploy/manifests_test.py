"""Kubernetes and KServe files, rendered, against schemas, the Dockerfile and the real server.

usage: manifests_test.py ROOT. No cluster is needed.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import urllib.request

import grpc
import jsonschema
import kubernetes_validate
import manifests
import yaml
from authority import Authority
from grpc_health.v1 import health_pb2, health_pb2_grpc
from manifests import bytes_of, environment, seconds
from server import Server

ROOT = pathlib.Path(sys.argv[1]).resolve()
SCHEMAS = ROOT / "tests/deploy/schemas"
# The oldest and the newest Kubernetes the manifests are for: gRPC probes are stable from 1.27 on.
KUBERNETES = ("1.27", "1.37")


def validate(each):
    """By the schema of a type that extends Kubernetes, or by those of the Kubernetes releases."""
    schema = SCHEMAS / f"{each['kind']}.json"
    if schema.exists():
        jsonschema.validate(each, json.loads(schema.read_text(encoding="utf-8")))
        return
    for version in KUBERNETES:
        kubernetes_validate.validate(each, version, strict=True)


def probed_port(probe):
    if "grpc" in probe:
        return probe["grpc"]["port"]
    address = next(word for word in probe["exec"]["command"] if word.startswith("--address="))
    return int(address.rsplit(":", 1)[1])


def mounted(env, folder):
    """The environment with what a pod mounts in a folder of this machine."""
    return {name: value.replace("/etc/activation/tls", folder) for name, value in env.items()}


class ManifestsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.rendered = {
            str(folder.relative_to(ROOT)): manifests.render(folder)
            for folder in manifests.folders(ROOT)
        }
        cls.dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
        cls.exposed = [
            int(port) for port in re.search(r"^EXPOSE (.*)$", cls.dockerfile, re.M)[1].split()
        ]

    def containers(self):
        """(folder, pod's specification, container) of all folders."""
        for folder, objects in self.rendered.items():
            for pod, container in manifests.containers(objects):
                yield folder, pod, container

    def test_every_folder_renders_what_it_is_for(self):
        kinds = {
            name: {each["kind"] for each in objects} for name, objects in self.rendered.items()
        }
        base = {"Namespace", "Deployment", "Service", "PodDisruptionBudget", "NetworkPolicy"}
        overlays = "deploy/kubernetes/overlays"
        self.assertEqual(
            kinds,
            {
                "deploy/kserve": {"ClusterServingRuntime", "InferenceService", "NetworkPolicy"},
                f"{overlays}/small": base,
                f"{overlays}/cuda": base,
                f"{overlays}/mtls": base,
                f"{overlays}/production": base | {"HorizontalPodAutoscaler", "ServiceMonitor"},
                f"{overlays}/keda": base | {"ScaledObject", "ServiceMonitor"},
            },
        )

    def test_a_folder_of_ones_own_as_documented_names_the_registry(self):
        page = (ROOT / "docs/kubernetes.md").read_text(encoding="utf-8")
        [text] = re.findall(r"^```yaml\n# mine/kustomization.yaml\n(.*?)^```$", page, re.M | re.S)
        [component] = re.findall(r"add `(components: \[.*?\])` to your folder", page)
        [(_, small)] = manifests.containers(self.rendered["deploy/kubernetes/overlays/small"])
        for more, has_tls in (("", False), (component, True)):
            with tempfile.TemporaryDirectory() as folder:
                deploy = os.path.relpath(ROOT / "deploy", os.path.realpath(folder))
                mine = (text + more).replace("../deploy", deploy)
                pathlib.Path(folder, "kustomization.yaml").write_text(mine, encoding="utf-8")
                [(_, container)] = manifests.containers(manifests.render(folder))
            self.assertEqual(container["image"], "registry.example/" + small["image"])
            self.assertEqual("ACTIVATION_TLS_CERTIFICATE" in environment(container), has_tls)

    def test_every_object_obeys_its_schema(self):
        for folder, objects in self.rendered.items():
            for each in objects:
                with self.subTest(folder, kind=each["kind"]):
                    validate(each)

    def test_a_misspelt_field_is_seen(self):
        objects = [each for objects in self.rendered.values() for each in objects]
        for kind in ("Deployment", "ClusterServingRuntime"):
            each = manifests.of_kind(objects, kind)[0]
            validate(each)
            with self.subTest(kind), self.assertRaises(jsonschema.ValidationError):
                validate({**each, "spec": {**each["spec"], "replica": 2}})

    def test_the_image_is_that_of_the_build_or_has_a_gpu(self):
        cmake = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
        version = re.search(r"^project\(activation VERSION (\S+) ", cmake, re.M)[1]
        on_processors = f"activation:{version}-cpu"
        for folder, _, container in self.containers():
            with self.subTest(folder):
                gpus = container["resources"]["limits"].get("nvidia.com/gpu", 0)
                self.assertEqual(gpus, 1 if folder.endswith("/cuda") else 0)
                image = on_processors.replace("-cpu", "-cuda") if gpus else on_processors
                self.assertEqual(container["image"], image)
                self.assertIn(f" AS {image.split('-')[1]}\n", self.dockerfile)

    def test_containers_may_nothing(self):
        [*_, ids] = re.findall(r"^USER (\d+):(\d+)$", self.dockerfile, re.M)
        for folder, pod, container in self.containers():
            with self.subTest(folder):
                context = {**pod.get("securityContext", {}), **container["securityContext"]}
                self.assertTrue(context["runAsNonRoot"])
                # With a user and no group the group would be root's, whatever the image says.
                self.assertEqual([context.get("runAsUser"), context.get("runAsGroup")], [*map(int, ids)])
                self.assertFalse(context["allowPrivilegeEscalation"])
                self.assertTrue(context["readOnlyRootFilesystem"])
                self.assertEqual(context["capabilities"], {"drop": ["ALL"]})
                self.assertEqual(context["seccompProfile"], {"type": "RuntimeDefault"})

    def test_pods_have_no_token_of_the_cluster(self):
        for folder, objects in self.rendered.items():
            with self.subTest(folder):
                tokens = [pod.get("automountServiceAccountToken") for pod in manifests.pods(objects)]
                self.assertEqual(tokens, [False])

    def test_ports_are_those_the_image_exposes(self):
        for folder, _, container in self.containers():
            with self.subTest(folder):
                ports = [port["containerPort"] for port in container["ports"]]
                self.assertLessEqual(set(ports), set(self.exposed))
                for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                    if probe in container:
                        self.assertIn(probed_port(container[probe]), ports)

    def test_services_reach_the_pods(self):
        for objects in self.rendered.values():
            deployments = manifests.of_kind(objects, "Deployment")
            for service in manifests.of_kind(objects, "Service"):
                template = deployments[0]["spec"]["template"]
                labels = template["metadata"]["labels"].items()
                self.assertLessEqual(service["spec"]["selector"].items(), labels)
                names = {port["name"] for port in template["spec"]["containers"][0]["ports"]}
                self.assertEqual({port["targetPort"] for port in service["spec"]["ports"]}, names)
                # Else clients would see one address and all calls of a connection go to one server.
                self.assertEqual(service["spec"]["clusterIP"], "None")
                for monitor in manifests.of_kind(objects, "ServiceMonitor"):
                    endpoints = {endpoint["port"] for endpoint in monitor["spec"]["endpoints"]}
                    self.assertLessEqual(
                        endpoints, {port["name"] for port in service["spec"]["ports"]}
                    )
                    wanted = monitor["spec"]["selector"]["matchLabels"].items()
                    self.assertLessEqual(wanted, service["metadata"]["labels"].items())
                    # The rules ask for job="activation".
                    self.assertEqual(
                        service["metadata"]["labels"][monitor["spec"]["jobLabel"]], "activation"
                    )

    def test_a_policy_says_who_reaches_every_pod(self):
        for folder, objects in self.rendered.items():
            with self.subTest(folder):
                [policy] = manifests.of_kind(objects, "NetworkPolicy")
                chosen = policy["spec"]["podSelector"]["matchLabels"]
                for deployment in manifests.of_kind(objects, "Deployment"):
                    labels = deployment["spec"]["template"]["metadata"]["labels"]
                    self.assertLessEqual(chosen.items(), labels.items())
                for service in manifests.of_kind(objects, "InferenceService"):
                    # The label that KServe gives its pods.
                    self.assertEqual(chosen, {"serving.kserve.io/inferenceservice": service["metadata"]["name"]})
                let_in = [rule["from"] for rule in policy["spec"]["ingress"]]
                self.assertEqual(
                    let_in,
                    [
                        [{"namespaceSelector": {"matchLabels": labels}}]
                        for labels in ({"activation-client": "true"}, {"kubernetes.io/metadata.name": "monitoring"})
                    ],
                )
                # Nobody is called by a server.
                self.assertNotIn("egress", policy["spec"])

    def test_one_autoscaler_at_most_and_no_count_beside_it(self):
        for folder, objects in self.rendered.items():
            with self.subTest(folder):
                scalers = [
                    each["spec"]["scaleTargetRef"]["name"]
                    for kind in ("HorizontalPodAutoscaler", "ScaledObject")
                    for each in manifests.of_kind(objects, kind)
                ]
                self.assertLessEqual(len(scalers), 1)
                for deployment in manifests.of_kind(objects, "Deployment"):
                    self.assertEqual("replicas" in deployment["spec"], not scalers)
                    self.assertLessEqual(set(scalers), {deployment["metadata"]["name"]})

    def test_keda_takes_servers_away_as_the_autoscaler_does(self):
        overlays = "deploy/kubernetes/overlays"
        [plain] = manifests.of_kind(self.rendered[f"{overlays}/production"], "HorizontalPodAutoscaler")
        [keda] = manifests.of_kind(self.rendered[f"{overlays}/keda"], "ScaledObject")
        wanted = plain["spec"]["behavior"]
        self.assertEqual(keda["spec"]["advanced"]["horizontalPodAutoscalerConfig"]["behavior"], wanted)

    def test_the_pod_outlives_its_drain(self):
        # What Kubernetes gives a pod that says nothing: a serving runtime has no field for it.
        usual = 30
        for folder, pod, container in self.containers():
            with self.subTest(folder):
                env = environment(container)
                drain = seconds(env["ACTIVATION_DRAIN_DELAY"]) + seconds(
                    env["ACTIVATION_DRAIN_TIMEOUT"]
                )
                self.assertGreater(pod.get("terminationGracePeriodSeconds", usual), drain)

    def test_clients_are_sent_to_look_for_new_servers(self):
        for folder, _, container in self.containers():
            with self.subTest(folder):
                self.assertRegex(
                    environment(container).get("ACTIVATION_MAX_CONNECTION_AGE", ""), r"^[1-9]\d*m$"
                )

    def test_no_stream_outlives_the_certificate_of_its_client_for_long(self):
        for folder, _, container in self.containers():
            env = environment(container)
            if "ACTIVATION_TLS_CLIENT_CA" in env:
                with self.subTest(folder):
                    self.assertGreater(seconds(env.get("ACTIVATION_MAX_CONNECTION_AGE_GRACE", "0s")), 0)

    def test_a_busy_server_has_time_to_answer_its_probes(self):
        for folder, _, container in self.containers():
            for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                with self.subTest(folder, probe=probe):
                    self.assertIn(probe, container)
                    if probe != "startupProbe":
                        self.assertGreaterEqual(container[probe]["timeoutSeconds"], 5)

    def test_calls_hold_at_most_half_of_the_memory(self):
        for folder, _, container in self.containers():
            with self.subTest(folder):
                env = environment(container)
                memory = bytes_of(container["resources"]["limits"]["memory"])
                self.assertLessEqual(int(env["ACTIVATION_MAX_INFLIGHT_BYTES"]), memory // 2)

    def test_messages_that_arrive_together_fit_beside_what_calls_hold(self):
        # Of as many large calls at once as processors and a few clients have under way.
        together = 8
        share = self.share_that_a_busy_server_holds()
        for folder, _, container in self.containers():
            with self.subTest(folder):
                env = environment(container)
                memory = bytes_of(container["resources"]["limits"]["memory"])
                arriving = together * int(env["ACTIVATION_MAX_MESSAGE_BYTES"])
                held = int(env["ACTIVATION_MAX_INFLIGHT_BYTES"])
                self.assertLessEqual(held + arriving, share * memory)

    def share_that_a_busy_server_holds(self):
        """Of the container's memory; beyond it the alert takes what grows for a leak."""
        rules = (ROOT / "deploy/prometheus/rules.yml").read_text(encoding="utf-8")
        return float(re.search(r"> ([\d.]+) \* activation_memory_limit_bytes", rules)[1])

    def test_growing_memory_is_tested_with_what_a_pod_has(self):
        tests = yaml.safe_load(
            (ROOT / "deploy/prometheus/rules_test.yml").read_text(encoding="utf-8")
        )["tests"]
        shown = [
            {
                re.match(r"\w+", series["series"])[0]: int(re.match(r"\d+", series["values"])[0])
                for series in test["input_series"]
                if 'instance="a"' in series["series"]
            }
            for test in tests
        ]
        pods = [
            (
                bytes_of(container["resources"]["limits"]["memory"]),
                int(environment(container)["ACTIVATION_MAX_INFLIGHT_BYTES"]),
            )
            for folder, _, container in self.containers()
            if folder.endswith("/production")
        ]
        tested = [
            (values["activation_memory_limit_bytes"], values["activation_inflight_limit_bytes"])
            for values in shown
            if "activation_memory_limit_bytes" in values
        ]
        self.assertEqual(tested, pods)

    def test_the_server_starts_with_these_settings_and_answers_the_probes(self):
        help_command = [os.environ["ACTIVATION_SERVER"], "--help"]
        help_text = subprocess.check_output(help_command, text=True, timeout=60)
        for folder, _, container in self.containers():
            with self.subTest(folder):
                env = environment(container)
                # Environment variables that are no setting would be overlooked.
                for name in env:
                    if not name.startswith("ACTIVATION_CLIENT_"):
                        flag = "--" + name.removeprefix("ACTIVATION_").lower().replace("_", "-")
                        self.assertRegex(help_text, rf"(?m)^\s+{flag}\s")
                # There is no balancer to notice the drain.
                env = mounted({**env, "ACTIVATION_DRAIN_DELAY": "0s"}, self.secret())
                arguments = [re.sub(r":\d+$", ":0", word) for word in self.command_line(container)]
                with Server(*arguments, environment=env) as server:
                    self.assertTrue(server.address.startswith("0.0.0.0:"), server.address)
                    self.answers(container["readinessProbe"], server.address, env)
                    self.serves_http(server.http_address)

    def command_line(self, container):
        """What the server is started with: the container's arguments or, without them, the image's."""
        if "args" in container:
            return container["args"]
        return json.loads(re.findall(r"^CMD (\[.*\])$", self.dockerfile, re.M)[-1])

    def serves_http(self, address):
        port = address.rsplit(":", 1)[1]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=30) as reply:
            self.assertEqual(reply.read(), b"ready\n")

    def answers(self, probe, address, env):
        if "grpc" in probe:
            with grpc.insecure_channel(address) as channel:
                reply = health_pb2_grpc.HealthStub(channel).Check(
                    health_pb2.HealthCheckRequest(service=probe["grpc"].get("service", "")),
                    timeout=30,
                )
            self.assertEqual(reply.status, health_pb2.HealthCheckResponse.SERVING)
            return
        port = address.rsplit(":", 1)[1]
        program, *arguments = [
            re.sub(r"^(--address=.*):\d+$", rf"\1:{port}", word)
            for word in probe["exec"]["command"]
        ]
        command = [os.path.join(os.environ["ACTIVATION_BIN"], program), *arguments]
        # What a sanitizer is told is none of the container's.
        told = {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}
        for environ, code in ((env, 0), ({}, 64 + 14)):
            done = subprocess.run(
                command,
                env={**environ, **told},
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            # Without the certificates the probe gets nowhere: it is they that let it in.
            self.assertEqual(done.returncode, code, done.stderr)

    def secret(self):
        """A folder with what the secret activation-tls holds."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        ours = Authority(folder.name, "ca")
        for path, name in zip(ours.issue("server"), ("tls.crt", "tls.key")):
            os.rename(path, os.path.join(folder.name, name))
        return folder.name

    def test_with_tls_nothing_lets_a_server_start_without_its_certificate(self):
        for folder, pod, container in self.containers():
            if "ACTIVATION_TLS_CERTIFICATE" not in environment(container):
                continue
            with self.subTest(folder):
                self.assertNotIn("--insecure", container["args"])
                mount = container["volumeMounts"][0]
                volume = next(each for each in pod["volumes"] if each["name"] == mount["name"])
                self.assertEqual(volume["secret"]["defaultMode"] & 0o007, 0)
                env = mounted(environment(container), "/does/not/exist")
                done = subprocess.run(
                    [os.environ["ACTIVATION_SERVER"], *container["args"]],
                    env=env,
                    capture_output=True,
                    text=True,
                    timeout=60,
                    check=False,
                )
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn("--tls-certificate", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
