"""Hold the objects of an overlay against the schemas of Kubernetes; KEDA's have none there.

python schema_check.py OVERLAY
"""

import subprocess
import sys
from collections import Counter

import kubernetes_validate
import yaml

VERSIONS = ("1.30", "1.37")  # the oldest that this is meant for, and the newest there is


def main(overlay: str) -> None:
    built = subprocess.run(
        ["kubectl", "kustomize", overlay], check=True, capture_output=True, text=True
    ).stdout
    objects = list(yaml.safe_load_all(built))
    of_keda = [found for found in objects if found["apiVersion"].startswith("keda.sh/")]
    ours = [found for found in objects if found not in of_keda]
    for version in VERSIONS:
        for found in ours:
            try:
                kubernetes_validate.validate(found, version, strict=True)
            except kubernetes_validate.ValidationError as error:
                where = f"{found['kind']} {found['metadata']['name']}"
                sys.exit(f"{where} is not as Kubernetes {version} wants it: {error.message}")
    kinds = ", ".join(f"{n} {kind}" for kind, n in sorted(Counter(o["kind"] for o in ours).items()))
    print(f"as Kubernetes {' and '.join(VERSIONS)} want it: {kinds}; not checked: {len(of_keda)} of KEDA")


if __name__ == "__main__":
    main(sys.argv[1])
