"""Print how ours and other filters do: ``python -m benchmarks.spam FOLDER``."""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.spam import table
from benchmarks.spam.ours import OURS
from benchmarks.spam.passes import Pass, passes
from benchmarks.spam.rows import ALL, ROWS, Row
from benchmarks.spam.streams import NEEDED, MissingSetError, Sets


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what the command line asks for and print the tables."""
    options = _parser().parse_args(arguments)
    if options.folder is None:
        sys.exit(NEEDED)
    sets = Sets(options.folder, is_quick=options.quick)
    rows = [row for row in ROWS if not options.only or row.key in options.only]
    peers = {} if options.alone else {peer.name: peer.version() for peer in ALL}
    missing = {peer.name for peer in ALL if not peers.get(peer.name)}
    try:
        results = {row.key: _measured(row, sets, missing) for row in rows}
    except MissingSetError as error:
        sys.exit(str(error))
    print(_heading(peers, is_quick=options.quick))
    for line in table.lines(rows, results, missing):
        print(line)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.spam")
    named = os.environ.get("ECP_CORPORA")
    parser.add_argument(
        "folder",
        type=Path,
        nargs="?",
        default=Path(named) if named else None,
        help="where the sets are; default: ECP_CORPORA",
    )
    parser.add_argument(
        "--quick", action="store_true", help="every tenth message only: no figures"
    )
    parser.add_argument("--alone", action="store_true", help="leave the peers out")
    parser.add_argument(
        "--only",
        action="append",
        choices=[row.key for row in ROWS],
        help="this row only; may be repeated",
    )
    return parser


def _measured(row: Row, sets: Sets, missing: set[str]) -> dict[str, list[Pass]]:
    stream = row.stream(sets)
    return {
        one.name: passes(one, row, stream)
        for one in (OURS, *row.peers)
        if one.name not in missing
    }


def _heading(peers: dict[str, str], *, is_quick: bool) -> str:
    named = [f"{name} {version}" for name, version in peers.items() if version]
    what = ", ".join([OURS.version(), *named])
    mode = " A tenth of the mail: these are no figures." if is_quick else ""
    return f"Measured on {datetime.now(UTC):%Y-%m-%d} with {what}.{mode}\n"


if __name__ == "__main__":
    main()
