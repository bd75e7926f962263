"""mypy knows every name that we ask Stripe by, so a wrong one can't land."""

import inspect
import subprocess
import sys

import pytest

from tests.settings import CACHE
from wagtail_ecp.billing.stripe import parameters

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("mypy")]

TYPOS = {
    "line_items": "lineitems",
    "flow_data": "flowdata",
    "proration_behavior": "proration_behaviour",
    # It was right until version 2026-09-30 of Stripe's API.
    "allowed_payment_method_types": "payment_method_types",
}


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What mypy says of our parameters as they are, and with a typo each."""
    folder = tmp_path_factory.mktemp("parameters")
    source = inspect.getsource(parameters)
    (folder / "as_they_are.py").write_text(source)
    for right, wrong in TYPOS.items():
        assert f'"{right}"' in source
        typo = source.replace(f'"{right}"', f'"{wrong}"')
        (folder / f"with_{wrong}.py").write_text(typo)
    run = subprocess.run(  # noqa: S603
        [
            *(sys.executable, "-m", "mypy", "--strict", "--config-file="),
            *("--cache-dir", str(CACHE / "mypy"), "--disallow-any-explicit"),
            *("--python-version", "3.11", "."),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stderr == ""
    return run.stdout.splitlines()


def test_our_parameters_are_stripes_and_nothing_is_any(said):
    assert not [line for line in said if line.startswith("as_they_are.py")]


@pytest.mark.parametrize(("right", "wrong"), TYPOS.items())
def test_a_wrong_name_is_an_error(said, right, wrong):
    (error,) = (
        line for line in said if line.startswith(f"with_{wrong}.py") and "error" in line
    )

    assert f'"{wrong}"' in error
    assert "TypedDict" in error
