"""What axe-core finds wrong with a page for people who can't see or point."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "node_modules" / "axe-core" / "axe.min.js"
#: Ours alone: what stands around it is Wagtail's.
OURS = ("main", "[data-form-side]")

#: Wagtail's as well: its editor is a field without a name.
EDITOR = ".Draftail-Editor__wrapper"

RUN = """
const [selectors, editor, done] = arguments;
const found = (selector) => document.querySelector(selector);
const listed = (some) => some.filter(found).map((selector) => [selector]);
window.axe
  .run({ include: listed(selectors), exclude: listed([editor]) })
  .then(done);
"""


@cache
def source():
    """Return axe-core itself, installed as Biome is if it is not there yet."""
    if not SCRIPT.exists():
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=ROOT, check=True, timeout=300)  # noqa: S603
    return SCRIPT.read_text(encoding="utf-8")


def barriers(browser, *selectors):
    """Return what is wrong below these selectors, one line each; our part if none."""
    # Not a script of the page, so its Content-Security-Policy has no say.
    browser.execute_script(source())
    browser.set_script_timeout(60)
    found = browser.execute_async_script(RUN, selectors or OURS, EDITOR)
    return [
        f"{violation['id']}: {violation['help']}: {node['html'][:200]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
