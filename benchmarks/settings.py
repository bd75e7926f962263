"""The tests' site on a database and files of its own, with durable commits."""

import os
from pathlib import Path

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES, STORAGES, WAGTAIL_ECP

HOME = Path(os.environ["ECP_BENCH_HOME"])

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["NAME"] = HOME / "db.sqlite3"
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
    )
STORAGES["ecp_raw"]["OPTIONS"] = {"location": HOME / "private"}
# Jobs after the commit are not what is measured.
WAGTAIL_ECP["JOB_QUEUE"] = "benchmarks.settings.NoQueue"
DEBUG = False


class NoQueue:
    """Forgets every job."""

    def put(self, *_job: object, **_when: object) -> None:
        """Do nothing."""
