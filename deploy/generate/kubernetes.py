"""The objects of services in a cluster: a file for each, and the list that kustomize wants."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

from deploy.generate.compose import port_of
from deploy.generate.neighbours import PAGES, WEB_PORT, all_pages, neighbours, own_settings
from deploy.services import Container, Service, pattern_of

HEAD = "# Made by deploy/generate from the folders under services/.\n"
LIST = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:"
OWN_LIST = """\
# A component of your overlay: components: [../../own/kubernetes]. Its images and secrets are said
# there, as for the others.
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
configMapGenerator: [{ name: emarge, behavior: merge, envs: [own.env] }]
resources:"""
PARTS = Path(__file__).with_name("cluster")
MIGRATION = Container(memory=256)
USUALLY = 0.6  # of what it may take at most is kept for it


def objects(services: Sequence[Service]) -> dict[str, str]:
    """Each file, by its name."""
    listed = "".join(f"\n  - {service.name}.yaml" for service in services) or " []"
    own = all(not service.shipped for service in services)
    return {
        "kustomization.yaml": HEAD + (OWN_LIST if own else LIST) + listed + "\n",
        **({"own.env": _env(own_settings(services))} if own else {}),
        **{f"{service.name}.yaml": HEAD + _service(service) for service in services},
    }


def _env(settings: Mapping[str, str]) -> str:
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def _service(service: Service) -> str:
    processes = "".join(_process(service, process) for process in service.processes)
    migration = _part("migrate", service, "migrate") + _pod(service, "migrate", MIGRATION)
    return (processes + migration + _ingresses(service)).removeprefix("---\n")


def _process(service: Service, process: str) -> str:
    container = service.container(process)
    many = container.most > 1
    # Of many, the number is the autoscaler's.
    strategy = "  strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }"
    number = [] if many else ["  replicas: 1"]
    number += [strategy] if process == "web" else []
    about = {"port": port_of(process), "number": "\n".join(number), "most": container.most}
    ports = ", ".join(f"{{ protocol: TCP, port: {port} }}" for port in container.reaches)
    parts = [
        _part("deployment", service, process, **about),
        _part("spread", service, process) if many else "",
        _pod(service, process, container),
        _part("web.service", service, process) if process == "web" else "",
        _part(f"{process}.many", service, process, **about) if many else "",
        _part("many", service, process) if many else "",
        _part("reaches", service, process, ports=ports) if ports else "",
    ]
    return "".join(parts)


def _pod(service: Service, process: str, container: Container) -> str:
    told = neighbours(service, _put_in)
    if PAGES in container.settings:
        told[PAGES] = all_pages(_put_in)
    lines = (
        f"            - {{ name: {name}, value: {json.dumps(value, ensure_ascii=False)} }}"
        for name, value in told.items()
    )
    pod = _part(
        "pod",
        service,
        process,
        args=f'[web, --host, 0.0.0.0, --port, "{WEB_PORT}"]'
        if process == "web"
        else f"[{process}]",
        optional=str(not (service.required or service.storage)).lower(),
        addresses="\n".join(lines),
        cpu=container.cpu,
        memory=container.memory,
        usual=int(container.memory * USUALLY),
    )
    probes = "" if process == "migrate" else _part(f"{process}.probes", service, process)
    return pod + probes + _volumes(container)


def _put_in(variable: str) -> str:
    """From the configuration that all containers have."""
    return f"$({variable})"


def _volumes(container: Container) -> str:
    mounts = ["{ name: tmp, mountPath: /tmp }"]
    volumes = ["{ name: tmp, emptyDir: { sizeLimit: 64Mi } }"]
    if name := container.files:
        mounts.append(f"{{ name: {name}, mountPath: /etc/emarge/{name}, readOnly: true }}")
        secret = f"{{ secretName: emarge-{name}, optional: true, defaultMode: 0440 }}"
        volumes.append(f"{{ name: {name}, secret: {secret} }}")
    return "".join(
        [
            "          volumeMounts:\n",
            *(f"            - {mount}\n" for mount in mounts),
            "      volumes:\n",
            *(f"        - {volume}\n" for volume in volumes),
        ]
    )


def _ingresses(service: Service) -> str:
    """What Caddy does on one server. A path that holds something, such as the conference, is a
    pattern; another controller than nginx says such a path in its own way."""
    plain = [(path, "Prefix") for path in service.answers if "*" not in path]
    patterns = [
        (pattern_of(path).removeprefix("^"), "ImplementationSpecific")
        for path in service.answers
        if "*" in path
    ]
    return _ingress(service, "", plain) + _ingress(service, "-patterns", patterns)


def _ingress(service: Service, suffix: str, paths: Sequence[tuple[str, str]]) -> str:
    if not paths:
        return ""
    regex = '    nginx.ingress.kubernetes.io/use-regex: "true"' if suffix else ""
    backend = f"{{ service: {{ name: {service.name}-web, port: {{ name: http }} }} }}"
    lines = (
        f"          - path: {path}\n            pathType: {kind}\n            backend: {backend}\n"
        for path, kind in paths
    )
    head = _part("ingress", service, "web", regex=regex, suffix=suffix)
    return head + "".join(lines)


def _part(part: str, service: Service, process: str, **more: Any) -> str:
    pods = f"{service.name}-{process}"
    filled = _template(part).substitute(service=service.name, process=process, pods=pods, **more)
    return "".join(line for line in filled.splitlines(keepends=True) if line.strip())


@cache
def _template(part: str) -> Template:
    return Template((PARTS / f"{part}.yml").read_text("utf-8"))
