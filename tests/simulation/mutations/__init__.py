"""Mechanisms taken out, each by its name: a simulation that notices none of them proves nothing.

Which promise each of them keeps, and the seed that finds its absence, is in `promises.toml`.
"""

from tests.simulation.mutations import bus, emails, leases, people, seats
from tests.simulation.mutations.registry import Mutation

MUTATIONS: dict[str, Mutation] = {
    name: mutation
    for module in (bus, leases, seats, emails, people)
    for name, mutation in module.TAKEN_OUT.items()
}
