"""What ``deploy/`` holds: valid by the schemas of Compose and Kubernetes, true to each other, and its processes start."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest

from coderoute_ls.storage import HOME_VARIABLE, OFFLINE_VARIABLE
from coderoute_ls.team.policy.signed_policy import new_signing_key
from tests.team.conftest import Team

yaml = pytest.importorskip("yaml")

DEPLOY = Path(__file__).parents[2] / "deploy"
SCHEMAS = Path(__file__).parent / "schemas"
KINDS = {
    "Deployment": "io.k8s.api.apps.v1.Deployment",
    "Service": "io.k8s.api.core.v1.Service",
    "PodDisruptionBudget": "io.k8s.api.policy.v1.PodDisruptionBudget",
}


def compose() -> Any:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))


def manifests() -> list[Any]:
    return [*yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text("utf-8"))]


def check_compose(document: Any) -> None:
    jsonschema.validate(document, json.loads((SCHEMAS / "compose.json").read_text("utf-8")))


def check_manifest(document: Any) -> None:
    schema = json.loads((SCHEMAS / "kubernetes.json").read_text("utf-8"))
    jsonschema.validate(document, {**schema, "$ref": f"#/$defs/{KINDS[document['kind']]}"})


def words() -> list[str]:
    """What the container runs."""
    (line,) = re.findall(r"^ENTRYPOINT (.*)$", (DEPLOY / "Containerfile").read_text("utf-8"), re.MULTILINE)
    return json.loads(line)


def test_the_compose_file_is_one() -> None:
    check_compose(compose())


@pytest.mark.parametrize("number", range(len(manifests())))
def test_each_manifest_is_what_its_kind_asks_for(number: int) -> None:
    check_manifest(manifests()[number])


def misspelled(document: Any, *path: str | int) -> Any:
    """With one name changed, the last of the path."""
    changed = deepcopy(document)
    at: Any = changed
    for step in path[:-1]:
        at = at[step]
    at[f"{path[-1]}x"] = at.pop(path[-1])
    return changed


@pytest.mark.parametrize(
    ("check", "document", "path"),
    [
        (check_compose, compose(), ("services", "database", "healthcheck", "interval")),
        (check_compose, compose(), ("services", "balancer", "ports")),
        (check_compose, compose(), ("services",)),
        (check_manifest, manifests()[0], ("spec", "template", "spec", "containers", 0, "envFrom")),
        (check_manifest, manifests()[0], ("spec", "selector")),
        (check_manifest, manifests()[1], ("spec", "ports", 0, "targetPort")),
        (check_manifest, manifests()[2], ("spec", "minAvailable")),
    ],
)
def test_the_schemas_see_a_misspelled_name(check: Callable[[Any], None], document: Any, path: tuple[str | int, ...]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        check(misspelled(document, *path))


def test_the_files_agree_on_names_and_ports() -> None:
    port = words()[words().index("--port") + 1]
    services, nginx = compose()["services"], (DEPLOY / "nginx.conf").read_text("utf-8")
    replicas = {name for name, service in services.items() if "build" in service}
    assert set(re.findall(r"server (\w+):(\d+);", nginx)) == {(name, port) for name in replicas}
    assert len(replicas) == 2
    assert services["balancer"]["ports"][0].endswith(re.findall(r"listen (\d+);", nginx)[0])
    deployment, service, budget = manifests()
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    assert [str(each["containerPort"]) for each in container["ports"]] == [port]
    assert {each["targetPort"] for each in service["spec"]["ports"]} <= {each["name"] for each in container["ports"]}
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    selectors = (
        deployment["spec"]["selector"]["matchLabels"],
        service["spec"]["selector"],
        budget["spec"]["selector"]["matchLabels"],
    )
    assert all(selector.items() <= labels.items() for selector in selectors)
    for probe in ("readinessProbe", "livenessProbe"):
        assert container[probe]["httpGet"] == {"path": "/health", "port": "http"}


@pytest.mark.postgres
@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments", [compose()["x-replica"]["command"], manifests()[0]["spec"]["template"]["spec"]["containers"][0]["args"]]
)
def test_the_process_that_they_start_answers_to_its_name_and_ends_when_told(
    team: Team, tmp_path: Path, arguments: list[str]
) -> None:
    """With the container's own words, but for a free port; over loopback in place of every address."""
    program, *given = words()
    assert program == "coderoute-ls"
    line = [*given, *arguments]
    line[line.index("--port") + 1], line[line.index("--host") + 1] = "0", "127.0.0.1"
    wanted = {"CODEROUTE_DATABASE": team.url, "CODEROUTE_POLICY_KEY": new_signing_key(), "OPENROUTER_API_KEY": ""}
    assert set(compose()["x-replica"]["environment"]) == {*wanted, "PGPASSWORD"}
    environ = {**os.environ, **wanted, HOME_VARIABLE: str(tmp_path), OFFLINE_VARIABLE: "1"}
    with subprocess.Popen(
        [sys.executable, "-m", "coderoute_ls", *line], stderr=subprocess.PIPE, text=True, env=environ
    ) as process:
        try:
            assert process.stderr is not None
            url = next(told for told in process.stderr if told.startswith("Listening at ")).split()[2].removesuffix("/v1.")
            name = arguments[arguments.index("--name") + 1]
            with httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
                assert client.get("/health", headers={"host": name}).status_code == 200
                assert client.get("/v1/models", headers={"host": name}).status_code == 401
                assert client.get("/v1/models", headers={"host": "evil.example"}).status_code == 403
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode in (0, -signal.SIGTERM)  # uvicorn ends by the signal, once all is done
