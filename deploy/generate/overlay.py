"""An overlay for a cluster to copy: what it must say of each service."""

from collections.abc import Sequence

from deploy.generate.compose import VERSION
from deploy.generate.neighbours import PAGES
from deploy.services import Service

HEAD = """\
# An overlay to copy: one namespace, one host, your registry, your secrets. Made by deploy/generate.
#
# Copy this folder, fill in the *.env files, put the signing key into a secret of its own
# (kubectl create secret generic emarge-signing --from-file=key.p12), then: kubectl apply -k .
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: emarge
resources: [../base, namespace.yaml]
configMapGenerator:
  - name: emarge
    behavior: merge
    literals: [EMARGE_PUBLIC_URL=https://emarge.example.org]
patches:
  - target: { kind: Ingress }
    patch: |-
      - { op: replace, path: /spec/rules/0/host, value: emarge.example.org }
      - op: add
        path: /spec/tls
        value: [{ hosts: [emarge.example.org], secretName: emarge-tls }]
  - target: { kind: Ingress, name: registration }
    patch: |-
      - op: add
        path: /metadata/annotations/cert-manager.io~1cluster-issuer
        value: letsencrypt
images:
"""
IMAGE = "  - {{ name: {name}, newName: registry.example.org/{name}, newTag: {version} }}\n"
GENERATED = """\
secretGenerator: # in a real overlay: your own files, or an operator that brings secrets
  - { name: emarge, envs: [secrets.example.env] } # for all; of those below, some for one process
  - { name: emarge-databases, envs: [databases.example.env] }
  - { name: emarge-scaling, envs: [scaling.example.env] }
"""
OF_PODS = "  - {{ name: emarge-{pods}, envs: [{pods}.example.env] }}\n"
DATABASE = "{name}=postgresql+psycopg://{name}:password@postgres.example.org/{name}\n"
READER = "{name}=postgresql://reader:password@postgres.example.org/{name}\n"


def overlay(services: Sequence[Service]) -> dict[str, str]:
    """Each file, by its name; secrets.example.env and namespace.yaml name no service."""
    asked = {pods: text for service in services for pods, text in _asked(service).items() if text}
    images = (IMAGE.format(name=f"emarge-{each.name}", version=VERSION) for each in services)
    secrets = (OF_PODS.format(pods=pods) for pods in asked)
    scaled = [each for each in services if each.container("worker").most > 1]
    return {
        "kustomization.yaml": "".join([HEAD, *images, GENERATED, *secrets]),
        "databases.example.env": "".join(DATABASE.format(name=each.name) for each in services),
        "scaling.example.env": "".join(READER.format(name=each.name) for each in scaled),
        **{f"{pods}.example.env": text for pods, text in asked.items()},
    }


def _asked(service: Service) -> dict[str, str]:
    """What the service, and what one process of it, is given; what has a default as a comment."""
    name = service.name
    needed = [f"# {told}\n{setting}=\n" for setting, told in service.required.items()]
    if service.storage:
        needed.append(f"EMARGE_STORAGE_URL=s3://emarge-{name}?region=eu-west-3\n")
    others = [setting for setting in service.settings if setting != "EMARGE_STORAGE_URL"]
    return {
        name: "".join([*needed, *map(_commented, others)]),
        **{
            f"{name}-{process}": "".join(
                _commented(setting)
                for setting in service.container(process).settings
                if setting != PAGES
            )
            for process in service.processes
        },
    }


def _commented(setting: str) -> str:
    return f"#{setting}=\n"
