import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from wagtail_ecp.management import sessions
from wagtail_ecp.management.children import Child, Fork
from wagtail_ecp.management.supervisor import Supervisor

PATIENCE = 20.0
pytestmark = pytest.mark.slow

IDLE = r"import os, time; os.write(1, b'up\n'); time.sleep(600)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {IDLE}"
PARENT_OF_ANOTHER = rf"""
import os
if os.fork() == 0:
    os.setpgrp()  # as RQ's work horse does
os.write(1, f"{{os.getpid()}}\n".encode())
{IDLE}
"""
SUPERVISED = """
import os, sys, time
from wagtail_ecp.management.children import Child
from wagtail_ecp.management.supervisor import Supervisor

with Supervisor(grace=2) as supervisor:
    command = [sys.executable, "-c", sys.argv[1]]
    supervisor.start(Child(name="command", command=command))
    supervisor.start(Child(name="fork", call=lambda: exec(sys.argv[1])))
    print("pids", *supervisor.pids().values(), flush=True)
    supervisor.watch()
    print("stopping", flush=True)
"""


def python(code):
    return [sys.executable, "-c", code]


def wait_for(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def is_running(pid):
    return pid in sessions._members([os.getsid(pid)]) if exists(pid) else False


def exists(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def supervised():
    """A supervisor in a process of its own, with two children; and their pids."""
    started = []

    def start(code=IDLE):
        process = subprocess.Popen(  # noqa: S603 - this file's own code
            [sys.executable, "-c", SUPERVISED, code],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        started.append(process)
        pids = []
        ups = 0
        while len(pids) < 2 or ups < 2:
            line = process.stdout.readline()
            assert line, "the supervisor ended early"
            ups += line.rstrip().endswith("| up")
            if line.startswith("pids"):
                pids = [int(word) for word in line.split()[1:]]
        return process, pids

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def test_a_killed_child_is_reported_and_started_again():
    said = []
    with Supervisor(say=said.append) as supervisor:
        supervisor.start(Child(name="web", command=python(IDLE)))
        first = supervisor.pids()["web"]
        os.kill(first, signal.SIGKILL)

        assert supervisor.watch(lambda: supervisor.pids().get("web", first) != first)

    assert "web was ended by SIGKILL; it is started again in 0.5 s." in said


def test_a_child_that_keeps_failing_is_started_ever_more_slowly():
    said = []
    with Supervisor(say=said.append) as supervisor:
        supervisor.start(Child(name="cron", command=python("raise SystemExit(1)")))
        supervisor.watch(lambda: len(said) == 3)

    assert said == [
        f"cron ended with exit code 1; it is started again in {pause} s."
        for pause in ("0.5", "1", "2")
    ]


def test_a_child_that_runs_once_is_not_started_again_after_success():
    said = []
    with Supervisor(say=said.append) as supervisor:
        supervisor.start(Child(name="demo", command=python("pass"), once=True))

        assert supervisor.watch(lambda: "demo" not in supervisor.pids())

    assert said == []


def test_a_function_is_called_in_a_fork_under_its_own_name():
    said = []
    call = lambda: os.write(1, b"fork of %d" % os.getppid())  # noqa: E731
    with Supervisor(say=said.append) as supervisor:
        supervisor.start(Child(name="web", call=call, once=True))
        supervisor.watch(lambda: not supervisor.pids())

    assert said == [f"     web | fork of {os.getpid()}"]


def test_a_fork_that_raises_is_reported_with_its_traceback():
    said = []
    with Supervisor(say=said.append) as supervisor:
        supervisor.start(Child(name="web", call=lambda: 1 / 0))
        supervisor.watch(lambda: "started again" in "".join(said))

    assert "     web | ZeroDivisionError: division by zero" in said
    assert said[-1] == "web ended with exit code 1; it is started again in 0.5 s."


@pytest.mark.parametrize(("end", "code"), [(None, 0), (3, 3), ("in words", 1)])
def test_a_fork_ends_with_the_code_that_it_exits_with(end, code):
    fork = Fork(lambda: sys.exit(end), 1, closing=())

    assert fork.wait() == code
    assert fork.poll() == code


def test_output_of_children_carries_their_name():
    said = []
    with Supervisor(say=said.append) as supervisor:
        supervisor.start(Child(name="web", command=python(IDLE)))
        supervisor.watch(lambda: bool(said))

    assert said[0] == "     web | up"


def test_what_a_killed_child_left_behind_is_ended_before_the_restart():
    said = []
    with Supervisor(say=said.append, grace=1) as supervisor:
        supervisor.start(Child(name="worker", command=python(PARENT_OF_ANOTHER)))
        supervisor.watch(lambda: sum("up" in line for line in said) == 2)
        both = [int(line.split()[-1]) for line in said if "up" not in line]
        os.kill(supervisor.pids()["worker"], signal.SIGKILL)

        supervisor.watch(lambda: "started again" in said[-1])

        assert len(both) == 2
        assert not any(is_running(pid) for pid in both)


def test_a_child_that_ignores_sigterm_is_killed_after_the_grace():
    said = []
    with Supervisor(say=said.append, grace=0.2) as supervisor:
        supervisor.start(Child(name="web", command=python(STUBBORN)))
        supervisor.watch(lambda: bool(said))
        pid = supervisor.pids()["web"]

    assert not is_running(pid)


def test_children_marked_so_stop_after_all_others(tmp_path):
    ends = tmp_path / "ends"
    code = (
        "import pathlib, signal, sys, time\n"
        "def end(*_):\n"
        "    with pathlib.Path(sys.argv[1]).open('a') as log: log.write(sys.argv[2])\n"
        "    sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "print('up', flush=True)\n"
        "time.sleep(600)"
    )
    said = []
    with Supervisor(say=said.append) as supervisor:
        for name, last in (("R", True), ("W", False)):
            command = [*python(code), str(ends), name]
            supervisor.start(Child(name=name, command=command, stops_last=last))
        supervisor.watch(lambda: len(said) == 2)

    assert ends.read_text() == "WR"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_all_children(supervised, number):
    process, pids = supervised()

    process.send_signal(number)

    assert process.wait(PATIENCE) == 0
    assert not any(is_running(pid) for pid in pids)


def test_a_second_signal_stops_stubborn_children_at_once(supervised):
    process, pids = supervised(STUBBORN)

    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    while process.stdout.readline() != "stopping\n":
        pass
    process.send_signal(signal.SIGINT)

    assert process.wait(PATIENCE) == 0
    assert time.monotonic() - began < 2
    assert not any(is_running(pid) for pid in pids)


@pytest.mark.parametrize("code", [IDLE, PARENT_OF_ANOTHER])
def test_children_end_when_the_supervisor_is_killed(supervised, code):
    process, pids = supervised(code)

    process.kill()
    process.wait()

    wait_for(lambda: not sessions._members(pids))
