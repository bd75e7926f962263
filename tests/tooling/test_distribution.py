import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from packaging.metadata import Metadata

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("distribution")]


@pytest.fixture(scope="module")
def dist(tmp_path_factory):
    """A folder with the wheel and the sdist of this tree."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(  # noqa: S603
        [sys.executable, "-m", "hatchling", "build", "-d", folder], cwd=ROOT, check=True
    )
    return folder


@pytest.fixture(scope="module")
def wheel(dist):
    (file,) = dist.glob("*.whl")
    with zipfile.ZipFile(file) as opened:
        yield opened


@pytest.fixture(scope="module")
def sdist(dist):
    (file,) = dist.glob("*.tar.gz")
    with tarfile.open(file) as opened:
        yield opened


def files_of_the_package():
    """Every file that git would keep, by its path from the root."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "wagtail_ecp"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return {name for name in listed.stdout.splitlines() if (ROOT / name).exists()}


def test_the_wheel_holds_every_file_of_the_package(wheel):
    names = set(wheel.namelist())

    assert files_of_the_package() <= names
    for part in ("py.typed", "migrations/0001_initial.py", "templates/", "static/"):
        assert any(name.startswith(f"wagtail_ecp/{part}") for name in names), part


def test_the_wheel_holds_nothing_else(wheel):
    roots = {name.partition("/")[0] for name in wheel.namelist()}

    (metadata,) = roots - {"wagtail_ecp"}
    assert metadata.endswith(".dist-info")


def test_the_sdist_holds_what_the_wheel_is_built_from(sdist):
    names = {name.partition("/")[2] for name in sdist.getnames()}

    assert files_of_the_package() <= names
    assert {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md"} <= names
    assert not any(name.startswith(("tests/", "sandbox/")) for name in names)


def test_the_metadata_is_what_a_package_index_takes(wheel):
    (name,) = (name for name in wheel.namelist() if name.endswith("/METADATA"))

    metadata = Metadata.from_email(wheel.read(name), validate=True)

    assert metadata.name == "wagtail-ecp"
    assert metadata.license_expression == "BSD-3-Clause"
    assert str(metadata.requires_python) == ">=3.11"
    assert not [r for r in metadata.requires_dist or [] if "<" in str(r.specifier)]
