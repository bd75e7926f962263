"""What the processes of a test wrote, shown beside the test if it fails."""

from pathlib import Path

import pytest

LOGS = pytest.StashKey[list[Path]]()


@pytest.fixture
def new_log(request, tmp_path):
    """Gives a process the file to write to, as ``new_log("worker")``."""
    logs = request.node.stash.setdefault(LOGS, [])

    def new(name: str) -> Path:
        log: Path = tmp_path / f"{name}-{len(logs)}.log"
        logs.append(log)
        return log

    return new


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    if report.failed:
        for log in item.stash.get(LOGS, []):
            report.sections.append((log.name, log.read_text("utf-8", "replace")))
    return report
