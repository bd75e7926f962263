"""Make the weights that the spam scorer starts with, and measure its first day.

    python -m benchmarks.spam_prior FOLDER           writes the package's file
    python -m benchmarks.spam_prior --check FOLDER   prints the table of day one

FOLDER holds a folder or a .tar.xz for each of the three sets; in each a file
``index`` with a verdict and a path on each line.
"""

from __future__ import annotations

import argparse
import math
import random
import tarfile
import tempfile
from itertools import pairwise
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wagtail_ecp.spam import prior
from wagtail_ecp.spam.features import SIZE, VIEWS, Features, extract
from wagtail_ecp.spam.learner import Learner, find_places
from wagtail_ecp.spam.scoring import Scorer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

SETS = ("spamassassin-part", "recent-spam", "list-ham")
PASSES = 4
THRESHOLD = 70
STEPS = (0, 10, 25, 50, 100, 150, 200, 400)
SEEDS = (1, 2, 3, 4, 5)


class Sample(NamedTuple):
    """A mail of which a person said what it is."""

    features: Features
    is_spam: bool


Samples = list[Sample]


class Shares(NamedTuple):
    """How much of the mail of each kind is in Spam, in percent; NaN if there is none."""

    wanted: float
    spam: float


def main() -> None:
    """Write the prior, or check how it would do on mail that it hasn't seen."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    sets = {name: read_set(options.folder, name) for name in SETS}
    if options.check:
        check(sets)
    else:
        write(train([sample for samples in sets.values() for sample in samples]))


def read_set(folder: Path, name: str) -> Samples:
    """Return the mails of a set in the order of its index."""
    if (folder / name).is_dir():
        return _read(folder / name)
    with (
        tempfile.TemporaryDirectory() as scratch,
        tarfile.open(folder / f"{name}.tar.xz") as packed,
    ):
        packed.extractall(scratch, filter="data")
        return _read(Path(scratch) / name)


def _read(folder: Path) -> Samples:
    lines = (folder / "index").read_text().splitlines()
    pairs = [line.split(maxsplit=1) for line in lines]
    return [Sample(extract((folder / p).read_bytes()), v == "spam") for v, p in pairs]


def train(samples: Samples) -> NDArray[np.float32]:
    """Return a table of weights, without features that a single mail has."""
    order = random.Random(1)
    learner = Learner()
    shuffled = list(samples)
    for _ in range(PASSES):
        order.shuffle(shuffled)
        for features, is_spam in shuffled:
            places = find_places(features)
            learner.learn(places, is_spam=is_spam, weight=1.0)
    seen = np.zeros(len(VIEWS) * SIZE, np.int32)
    for features, _ in samples:
        seen[find_places(features).flat] += 1
    return np.where(seen > 1, learner.weights, np.float32(0))


def write(weights: NDArray[np.float32]) -> None:
    """Store the weights in single bytes, each view with a scale of its own."""
    views = weights.reshape(len(VIEWS), SIZE)
    scales = np.quantile(np.abs(views), 0.9999, axis=1).astype(np.float32) / 127
    steps = np.clip(np.rint(views / scales[:, None]), -127, 127).astype(np.int8)
    np.savez_compressed(prior.FILE, weights=steps, scales=scales)
    print(f"{prior.FILE.name}: {prior.FILE.stat().st_size:,} bytes")


def started(weights: NDArray[np.float32]) -> Scorer:
    """Return a scorer on its first day."""
    return Scorer(Learner(prior=weights), has_prior=True)


def check(sets: Mapping[str, Samples]) -> None:
    """Print how mail of each set is judged by what the other two teach."""
    print("Day one, and after marks: wanted mail in Spam / spam in Spam, at 70.")
    print("Each set is judged by a prior that the other two have taught.")
    print(
        f"Mean of {len(SEEDS)} orders but for the delivery's; in brackets the worst.\n"
    )
    print("| set left out | marks | " + " | ".join(map(str, STEPS)) + " |")
    print("|---|---|" + "---|" * len(STEPS))
    for name, samples in sets.items():
        weights = train(others(sets, name))
        for what, orders in ways_to_mark(samples).items():
            cells = map(
                _cell,
                zip(
                    *(judged(weights, samples, marks) for marks in orders), strict=True
                ),
            )
            print(f"| {name} | {what} | " + " | ".join(cells) + " |", flush=True)


def others(sets: Mapping[str, Samples], name: str) -> Samples:
    """Return all mail but that of one set."""
    return [s for other, some in sets.items() if other != name for s in some]


def ways_to_mark(samples: Samples) -> dict[str, list[Samples]]:
    """Return what may be marked first, each in some orders."""
    shuffled = [random.Random(seed).sample(samples, len(samples)) for seed in SEEDS]
    ways = {
        "in order": [samples],
        "shuffled": shuffled,
        "only spam": [[s for s in order if s.is_spam] for order in shuffled],
        "only wanted": [[s for s in order if not s.is_spam] for order in shuffled],
    }
    is_mixed = any(ways["only spam"]) and any(ways["only wanted"])
    return ways if is_mixed else {key: ways[key] for key in ("in order", "shuffled")}


def judged(
    weights: NDArray[np.float32], samples: Samples, marks: Samples
) -> list[Shares]:
    """Return what is in Spam at each step, of mail that no mark was given to."""
    scorer = started(weights)
    taught = {id(sample) for sample in marks[: STEPS[-1]]}
    rest = [sample for sample in samples if id(sample) not in taught]
    found = []
    for before, step in pairwise((0, *STEPS)):
        for features, is_spam in marks[before:step]:
            scorer.learn_features(features, is_spam=is_spam)
        mail = samples if step == 0 else rest
        found.append(_shares(scorer, mail if step <= len(marks) else ()))
    return found


def _shares(scorer: Scorer, samples: Sequence[Sample]) -> Shares:
    in_spam: dict[bool, list[bool]] = {False: [], True: []}
    for features, is_spam in samples:
        in_spam[is_spam].append(scorer.score_features(features) >= THRESHOLD)
    wanted, spam = (100 * mean(some) if some else math.nan for some in in_spam.values())
    return Shares(wanted, spam)


def average(orders: Sequence[Shares]) -> Shares:
    """Return the mean over some orders of the same marks."""
    return Shares(mean(s.wanted for s in orders), mean(s.spam for s in orders))


def _cell(orders: Sequence[Shares]) -> str:
    wanted, spam = (_percent(share) for share in average(orders))
    worst = max(s.wanted for s in orders)
    is_told = len(orders) > 1 and not math.isnan(worst)
    return f"{wanted}{f' [{worst:.1f}]' if is_told else ''} / {spam}"


def _percent(share: float) -> str:
    return "-" if math.isnan(share) else f"{share:.1f} %"


if __name__ == "__main__":
    main()
