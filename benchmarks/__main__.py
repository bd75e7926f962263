"""Run every benchmark in a process and a database of its own and print a table."""

import importlib
import os
import subprocess
import sys
import tempfile

RUNS = {
    "ingest": ("benchmarks.ingest", {"order": "as sent"}),
    "ingest-shuffled": ("benchmarks.ingest", {"order": "shuffled"}),
    "pages": ("benchmarks.pages", (1_000, 100_000, 1_000_000)),
    "browser": ("benchmarks.browser", ()),
    "feeds": ("benchmarks.feeds", (1_000, 1_000_000)),
    "search": ("benchmarks.search", (250_000,)),
    "preview": ("benchmarks.preview", (1_000, 100_000)),
    "dashboard": ("benchmarks.dashboard", (10_000, 1_000_000)),
    "metrics": ("benchmarks.metrics", (1_000_000,)),
}


def main() -> None:
    """Run what is named on the command line, else everything."""
    for name in sys.argv[1:] or RUNS:
        with tempfile.TemporaryDirectory(prefix="ecp-bench-") as home:
            subprocess.run(
                [
                    sys.executable,
                    "-c",
                    f"import benchmarks.__main__ as m; m.one({name!r})",
                ],
                env={
                    **os.environ,
                    "ECP_BENCH_HOME": home,
                    "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
                },
                check=True,
            )


def one(name: str) -> None:
    """Run one benchmark on a fresh database."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    if connection.vendor == "postgresql":
        connection.creation.create_test_db(verbosity=0)
    else:
        call_command("migrate", verbosity=0)
    module_name, arguments = RUNS[name]
    module = importlib.import_module(module_name)
    settings.ROOT_URLCONF = "benchmarks.pages"
    print(f"\n## {name} ({connection.vendor})\n")
    if isinstance(arguments, dict):
        from tests.builders import a_mailbox

        a_mailbox()
        _table([module.run(**arguments)])
    else:
        _table(module.run(*arguments))
    if connection.vendor == "postgresql":
        connection.creation.destroy_test_db(settings.DATABASES["default"]["NAME"])


def _table(rows: list[dict[str, float | str]]) -> None:
    print("| " + " | ".join(rows[0]) + " |")
    print("|" + " --- |" * len(rows[0]))
    for row in rows:
        cells = (v if isinstance(v, str) else f"{v:,.2f}" for v in row.values())
        print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
