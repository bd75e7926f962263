"""Make the virtual environment and run a module in it; standard library only."""

import contextlib
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from sandbox.steps import StepFailedError, run_step

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "wagtail-ecp-installed.json"
NO_VENV_MODULE = """\
This Python has no complete venv module. Either install it
(Debian and Ubuntu: sudo apt install python3-venv) or install uv
(https://docs.astral.sh/uv/), then run the same command again."""


def run_in_venv(
    module: str,
    arguments: Sequence[str],
    *,
    extras: Sequence[str],
    groups: Sequence[str] = (),
) -> NoReturn:
    """Install this project in .venv if it has changed, then become ``module`` there."""
    if os.name != "posix":
        sys.exit("This needs Linux, macOS or another Unix; on Windows use WSL.")
    try:
        python = _prepare(extras, groups)
    except (StepFailedError, OSError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    os.environ["PYTHONPATH"] = path
    os.execv(python, [str(python), "-m", module, *arguments])


def requirements(
    pyproject: dict[str, Any], *, extras: Sequence[str], groups: Sequence[str]
) -> list[str]:
    """List what to install: the project with ``extras``, and the dependency groups.

    Groups (PEP 735) are read here because pip knows them only from 25.1 on.
    """
    wanted = ["--editable", f"{ROOT}[{','.join(extras)}]"]
    for group in groups:
        wanted += _group(pyproject["dependency-groups"], group)
    return wanted


def fingerprint(pyproject: bytes, *, python: str, wanted: Sequence[str]) -> str:
    """Tell one installation from another: what was installed where, by which Python."""
    parts = [pyproject, python.encode(), *(part.encode() for part in wanted)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def find_uv() -> str | None:
    """Return the path of a uv that works: a pyenv shim may exist without one."""
    uv = shutil.which("uv")
    if uv is None or _output([uv, "--version"]) is None:
        return None
    return uv


def _prepare(extras: Sequence[str], groups: Sequence[str]) -> Path:
    uv = find_uv()
    python = VENV / "bin" / "python"
    version = _version(python) or _make_venv(python, uv)
    content = (ROOT / "pyproject.toml").read_bytes()
    wanted = requirements(tomllib.loads(content.decode()), extras=extras, groups=groups)
    key = fingerprint(content, python=version, wanted=wanted)
    installed = _installed()
    if key not in installed:
        _install(python, uv, wanted)
        # What an earlier pyproject.toml asked for is no longer certain to be there.
        kept = [k for k in installed if installed[k] == _digest(content)]
        now = {k: _digest(content) for k in [*kept, key]}
        STAMP.write_text(json.dumps(now, indent=1))
    return python


def _make_venv(python: Path, uv: str | None) -> str:
    if VENV.exists() and not STAMP.exists():
        raise StepFailedError(f"{VENV} holds no working Python; please move it away.")
    if uv:
        command = [uv, "venv", "--clear", "--python", sys.executable, str(VENV)]
    elif importlib.util.find_spec("ensurepip"):
        command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    else:
        raise StepFailedError(NO_VENV_MODULE)
    run_step(f"Making {VENV}", command)
    STAMP.write_text("{}")
    version = _version(python)
    if version is None:
        raise StepFailedError(f"The Python in {VENV} does not start.")
    return version


def _install(python: Path, uv: str | None, wanted: Sequence[str]) -> None:
    if uv:
        command = [uv, "pip", "install", "--python", str(python), *wanted]
    else:
        if _output([str(python), "-m", "pip", "--version"]) is None:
            run_step("Installing pip", [str(python), "-m", "ensurepip"])
        # Compiling everything costs more than compiling on import what is used.
        options = ["--disable-pip-version-check", "--no-compile", "--progress-bar=off"]
        command = [str(python), "-m", "pip", "install", *options, *wanted]
    run_step(f"Installing with {'uv' if uv else 'pip'}", command)


def _version(python: Path) -> str | None:
    """Return what the Python in .venv says of itself; None if it doesn't start."""
    code = "import sys; print(sys.version); sys.exit(sys.version_info < (3, 11))"
    return _output([str(python), "-c", code])


def _output(command: Sequence[str]) -> str | None:
    with contextlib.suppress(OSError, subprocess.CalledProcessError):
        return subprocess.run(
            command, capture_output=True, text=True, check=True
        ).stdout
    return None


def _installed() -> dict[str, str]:
    with contextlib.suppress(OSError, ValueError):
        return dict(json.loads(STAMP.read_text()))
    return {}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _group(groups: dict[str, list[Any]], name: str) -> list[str]:
    found: list[str] = []
    for entry in groups[name]:
        if isinstance(entry, str):
            found.append(entry)
        else:
            found += _group(groups, entry["include-group"])
    return found
