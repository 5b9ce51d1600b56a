"""Which paths Caddy leads to which service, as a file that the Caddyfile imports."""

from collections.abc import Sequence

from deploy.services import Service, pattern_of

HEAD = "# Which paths are whose. Made by deploy/generate from the folders under services/.\n"
LED = """\
{matcher} path_regexp {pattern}
handle {matcher} {{
	import replicas {service}-web
}}
"""
ALL_ELSE = "handle {{\n\timport replicas {service}-web\n}}\n"


def routes(services: Sequence[Service]) -> str:
    """The longest paths first: who answers for "/" has everything else."""
    paths = [
        (path.rstrip("/"), f"@{service.name}_{number}", service.name)
        for service in services
        for number, path in enumerate(service.answers)
    ]
    # Caddy refuses a file with nothing in it.
    return HEAD + "".join(
        LED.format(matcher=matcher, pattern=pattern_of(path), service=service)
        if path
        else ALL_ELSE.format(service=service)
        for path, matcher, service in sorted(paths, key=lambda each: -len(each[0]))
    )
