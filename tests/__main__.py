"""``python3 -m tests``: make .venv, install, then run pytest in it."""

import sys

NEEDED = (3, 11)

if __name__ == "__main__":
    if sys.version_info[:2] < NEEDED:
        sys.exit("The tests need Python 3.11 or newer; this is %s." % sys.version)  # noqa: UP031 - older Pythons must be able to read this file

    from sandbox import bootstrap

    # The whole suite on all processors; a chosen part is quicker, and clearer, on one.
    arguments = sys.argv[1:] or ["--numprocesses=auto", "--dist=worksteal"]
    bootstrap.run_in_venv("pytest", arguments, extras=["sandbox"], groups=["test"])
