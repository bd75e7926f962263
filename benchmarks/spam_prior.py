"""Make the weights that the spam scorer starts with, and measure its first day.

    python -m benchmarks.spam_prior FOLDER           writes the package's file
    python -m benchmarks.spam_prior --check FOLDER   prints the table of day one

FOLDER holds a folder or a .tar.xz for each of the three sets; in each a file
``index`` with a verdict and a path on each line.
"""

from __future__ import annotations

import argparse
import random
import tarfile
import tempfile
from itertools import pairwise
from pathlib import Path
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
STEPS = (0, 10, 50, 100, 200, 400)


class Sample(NamedTuple):
    """A mail of which a person said what it is."""

    features: Features
    is_spam: bool


Samples = list[Sample]


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
    print("Each set is judged by a prior that the other two have taught.\n")
    print("| set left out | marks | " + " | ".join(map(str, STEPS)) + " |")
    print("|---|---|" + "---|" * len(STEPS))
    for name, samples in sets.items():
        others = [s for other, some in sets.items() if other != name for s in some]
        weights = train(others)
        for what, marks in _ways_to_mark(samples).items():
            cells = _judged(weights, samples, marks)
            print(f"| {name} | {what} | " + " | ".join(cells) + " |", flush=True)


def _ways_to_mark(samples: Samples) -> dict[str, Samples]:
    shuffled = list(samples)
    random.Random(1).shuffle(shuffled)
    ways = {
        "in order": samples,
        "shuffled": shuffled,
        "only spam": [s for s in shuffled if s.is_spam],
        "only wanted": [s for s in shuffled if not s.is_spam],
    }
    is_mixed = ways["only spam"] and ways["only wanted"]
    return ways if is_mixed else {"in order": samples}


def _judged(
    weights: NDArray[np.float32], samples: Samples, marks: Samples
) -> list[str]:
    """Return a cell for each step, always of mail that no mark was given to."""
    scorer = started(weights)
    taught = {id(sample) for sample in marks[: STEPS[-1]]}
    rest = [sample for sample in samples if id(sample) not in taught]
    cells = []
    for before, step in pairwise((0, *STEPS)):
        for features, is_spam in marks[before:step]:
            scorer.learn_features(features, is_spam=is_spam)
        judged = samples if step == 0 else rest
        cells.append(_cell(scorer, judged) if step <= len(marks) else "-")
    return cells


def _cell(scorer: Scorer, samples: Sequence[Sample]) -> str:
    in_spam: dict[bool, list[bool]] = {False: [], True: []}
    for features, is_spam in samples:
        in_spam[is_spam].append(scorer.score_features(features) >= THRESHOLD)
    shares = [
        f"{100 * sum(some) / len(some):.1f} %" if some else "-"
        for some in in_spam.values()
    ]
    return " / ".join(shares)


if __name__ == "__main__":
    main()
