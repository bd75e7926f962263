"""``python3 -m sandbox``: make .venv, install, then run the sandbox in it."""

import sys

NEEDED = (3, 11)

if __name__ == "__main__":
    if sys.version_info[:2] < NEEDED:
        sys.exit("The sandbox needs Python 3.11 or newer; this is %s." % sys.version)  # noqa: UP031 - older Pythons must be able to read this file

    from sandbox import bootstrap, options

    options.parse(sys.argv[1:])  # A wrong option is said before the long start.
    bootstrap.run_in_venv("sandbox.run", sys.argv[1:], extras=["sandbox"])
