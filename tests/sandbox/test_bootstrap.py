import subprocess
import sys
from pathlib import Path

import pytest

from sandbox import bootstrap, options, steps

ROOT = Path(__file__).parents[2]
PYPROJECT = {
    "dependency-groups": {
        "test": ["pytest>=8"],
        "dev": [{"include-group": "test"}, "ruff"],
    }
}


def test_the_project_is_installed_editable_with_its_extras():
    wanted = bootstrap.requirements(PYPROJECT, extras=["sandbox"], groups=[])

    assert wanted == ["--editable", f"{ROOT}[sandbox]"]


def test_dependency_groups_are_read_with_the_groups_they_include():
    wanted = bootstrap.requirements(PYPROJECT, extras=["sandbox"], groups=["dev"])

    assert wanted[2:] == ["pytest>=8", "ruff"]


@pytest.mark.parametrize(
    ("content", "python", "wanted"),
    [(b"b", "3.12", ["x"]), (b"a", "3.13", ["x"]), (b"a", "3.12", ["x", "y"])],
)
def test_a_change_of_project_python_or_parts_asks_for_an_installation(
    content, python, wanted
):
    before = bootstrap.fingerprint(b"a", python="3.12", wanted=["x"])

    after = bootstrap.fingerprint(content, python=python, wanted=wanted)

    assert after != before


def test_a_uv_that_does_not_start_is_not_used(tmp_path, monkeypatch):
    shim = tmp_path / "uv"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert bootstrap.find_uv() is None


@pytest.mark.parametrize("module", ["sandbox", "tests"])
def test_an_old_python_is_refused_in_words(module):
    code = (
        "import runpy, sys; sys.version_info = (3, 10, 0, 'final', 0); "
        f"runpy.run_module({module!r}, run_name='__main__')"
    )

    answer = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode == 1
    assert "3.11 or newer" in answer.stderr


@pytest.mark.parametrize("text", ["80", "65536", "-1", "http", "²"])
def test_a_port_that_cannot_be_used_is_refused(text, capsys):
    with pytest.raises(SystemExit):
        options.parse(["--smtp-port", text])

    assert "is not a port" in capsys.readouterr().err


def test_options_have_the_documented_defaults():
    chosen = options.parse([])

    assert chosen.home == Path(".sandbox")
    assert (chosen.port, chosen.smtp_port, chosen.catcher_port) == (8000, 2525, 2526)
    assert not chosen.reset
    assert not chosen.empty


def test_a_step_says_that_it_is_done(capsys):
    steps.run_step("Testing", [sys.executable, "-c", "print('working')"])

    assert capsys.readouterr().out.splitlines()[-1].startswith("Testing: done in ")


def test_a_failed_step_shows_the_end_of_its_output():
    code = "print('no such index'); raise SystemExit(3)"

    with pytest.raises(steps.StepFailedError, match=r"no such index[\s\S]*exit code 3"):
        steps.run_step("Installing", [sys.executable, "-c", code])
