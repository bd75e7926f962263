"""The reference names everything that there is, and nothing else."""

import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest
from django.core.management import BaseCommand, find_commands, load_command_class
from django.dispatch import Signal

from tests.lasting.guides import DOCS
from wagtail_ecp import checks, conf, management, signals

COMMANDS = find_commands(str(Path(management.__file__).parent))
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
PAGES = sorted(page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md"))


def read(page):
    return (DOCS / page).read_text("utf-8")


def headings(page, level):
    return set(re.findall(rf"^{'#' * level} `(.+)`$", read(page), re.MULTILINE))


def test_every_setting_is_explained():
    assert headings("reference/settings.md", 3) == set(conf.DEFAULTS)


def test_every_command_is_explained():
    assert headings("reference/commands.md", 2) == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_our_commands_is_explained(name):
    parser = load_command_class("wagtail_ecp", name).create_parser("manage.py", name)
    section = read("reference/commands.md").partition(f"## `{name}`\n")[2]
    section = section.partition("\n## ")[0]
    common = BaseCommand().create_parser("manage.py", name)
    theirs = {option for action in common._actions for option in action.option_strings}

    options = {option for action in parser._actions for option in action.option_strings}
    for option in options - theirs:
        assert f"| `{option}" in section


def test_every_check_is_explained():
    raised = set(re.findall(r'"(wagtail_ecp\.[EW]\d+)"', inspect.getsource(checks)))

    assert raised == set(
        re.findall(r"`(wagtail_ecp\.[EW]\d+)`", read("reference/checks.md"))
    )


def test_every_signal_is_explained():
    sent = {name for name, value in vars(signals).items() if isinstance(value, Signal)}

    assert sent == set(
        re.findall(r"^\| `(\w+)`", read("reference/signals.md"), re.MULTILINE)
    )


@pytest.mark.parametrize("page", PAGES)
def test_links_between_pages_lead_somewhere(page):
    for target in LINK.findall(read(page)):
        assert ((DOCS / page).parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES)
def test_what_pages_import_from_us_exists(page):
    imports = re.findall(
        r"^from (wagtail_ecp[\w.]*) import (.+)$", read(page), re.MULTILINE
    )
    for module, names in imports:
        for name in names.split(", "):
            assert hasattr(import_module(module), name), f"{module}.{name}"
