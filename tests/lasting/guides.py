"""Reads the commands and settings out of the documentation, so that it is tested."""

import re
import shlex
import textwrap
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"

BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


def blocks(page, language):
    """Return the page's code blocks in ``language``, in their order."""
    found = BLOCK.findall((DOCS / page).read_text("utf-8"))
    return [textwrap.dedent(code) for _indent, name, code in found if name == language]


def commands(page):
    """Return the words after ``python manage.py`` of every such command of the page."""
    lines = "".join(blocks(page, "console")).splitlines()
    words = (shlex.split(line, comments=True) for line in lines)
    return [found[2:] for found in words if found[:2] == ["python", "manage.py"]]
