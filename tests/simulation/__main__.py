"""`make simulate`: runs of the bus, the seats and the deliveries, under every fault. A run that
fails is told as a story.

    make simulate                          300 seeds
    make simulate SEEDS=2000 SEED=1000     from that one on
    make simulate SEED=41 SHRINK=60        the calmest run that fails as 41 does, found in a minute
    make simulate TAKE_OUT=fence           without one mechanism, until a seed finds its absence
    make simulate TAKE_OUT=all             each in turn; writes the seeds into promises.toml
"""

import argparse
import sys
import time
from collections import Counter

import pytest

from tests.scratch import use_memory
from tests.simulation.choices import Choices
from tests.simulation.measuring import measure
from tests.simulation.mutations import MUTATIONS
from tests.simulation.shrinking import shrink
from tests.simulation.stage import Stage
from tests.simulation.story import story
from tests.simulation.world import Violation

ALL = "all"
SEEDS, WITHOUT = 300, 200  # seeds: of the code as it is, and of a mutation


def main() -> int:
    options = _options()
    use_memory()
    if options.take_out == ALL:
        with Stage() as stage:
            missed = measure(stage, options.seeds or WITHOUT)
        print(f"not found: {', '.join(missed) or 'none'}")
        return 0
    first = options.seed or 1
    count = options.seeds or (1 if options.seed else WITHOUT if options.take_out else SEEDS)
    with pytest.MonkeyPatch.context() as patch, Stage() as stage:
        if options.take_out:
            MUTATIONS[options.take_out](patch)
        failed, faults, started = 0, Counter[str](), time.process_time()
        done = 0
        for seed in range(first, first + count):
            run, violation = stage.run(Choices(seed))
            done += 1
            faults.update(run.world.faults)
            if options.trace:
                print("\n".join(run.world.trace))
            if options.digests:
                print(seed, run.world.digest())
            if violation is not None:
                failed += 1
                _tell(stage, seed, violation, options.shrink)
                if not options.keep_going:
                    break
            elif options.seed and count == 1:
                print(f"seed {seed}: {run.world.digest()}, {run.world.steps} steps")
    spent = time.process_time() - started
    if options.digests:
        return int(bool(failed))
    told = f"{done} seeds, {failed} failed, {sum(faults.values())} faults"
    print(f"{told}; {done / spent * 60:.0f} seeds a minute of processor")
    return int(bool(failed) != bool(options.take_out))


def _tell(stage: Stage, seed: int, violation: Violation, seconds: float) -> None:
    run, again = stage.run(Choices(seed))
    if seconds:
        ends = time.monotonic() + seconds
        made = run.world.choices.made
        calmer = shrink(stage.run, seed, made, violation.kind, lambda: time.monotonic() < ends)
        run, again = stage.run(Choices(seed, calmer))
    print(f"seed {seed}:\n{story(run, again or violation)}", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--take-out", choices=[ALL, *sorted(MUTATIONS)], default="")
    parser.add_argument("--shrink", type=float, default=0.0, metavar="SECONDS")
    parser.add_argument("--keep-going", action="store_true")
    parser.add_argument("--trace", action="store_true")
    parser.add_argument("--digests", action="store_true", help="only each seed and its hash")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
