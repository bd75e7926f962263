# The recipes call plain commands: any virtual environment with the project's "dev"
# group will do. Without one that is active, .venv is used.

environment := env("VIRTUAL_ENV", justfile_directory() / ".venv")
export PATH := environment / "bin:" + env("PATH")

templates := "wagtail_ecp sandbox"

# List the recipes.
default:
    @just --list --unsorted

# Install the project, its development tools and Biome into the active environment.
install:
    python -m pip install --upgrade "pip>=25.1"
    python -m pip install --editable ".[postgres,sandbox,tnef]" --group dev
    npm install

# Do all that has to pass before a push.
check: lint types imports migrations (test "--numprocesses=auto" "--dist=worksteal")

# Run the tests; arguments go to pytest.
test *arguments:
    python -m pytest {{ arguments }}

# Run the slow tests too.
test-all *arguments:
    python -m pytest -m "slow or not slow" {{ arguments }}

# Check the style of Python, templates, JavaScript and CSS.
lint: biome
    ruff check .
    ruff format --check .
    djhtml --check {{ templates }}

# Check JavaScript, CSS and JSON.
biome: _biome
    node_modules/.bin/biome check --no-errors-on-unmatched

# Check the types.
types:
    mypy

# Check that imports go down the floors of the house, never up.
imports:
    lint-imports

# Check that no migration is missing.
migrations:
    python -m django makemigrations --check --dry-run --settings tests.settings --pythonpath .

# Rewrite what a tool can put right.
format: _biome
    ruff check --fix .
    ruff format .
    djhtml {{ templates }}
    node_modules/.bin/biome check --write --no-errors-on-unmatched

# Start the sandbox; arguments go to it.
sandbox *arguments:
    python3 -m sandbox {{ arguments }}

# Measure; arguments go to the benchmarks.
bench *arguments:
    python -m benchmarks {{ arguments }}

# Build the wheel and the sdist into dist/.
build:
    rm -rf dist
    hatchling build
    python -m pytest -m slow tests/tooling/test_distribution.py

_biome:
    @test -x node_modules/.bin/biome || npm install --silent
