# What the machine needs: servers, Pythons, uv, environments.

packages() {
    command -v python3 >/dev/null || echo python3
    python3 -c "import ensurepip" 2>/dev/null || echo python3-venv
    command -v npm >/dev/null || echo nodejs npm
    echo postgresql redis-server dovecot-imapd dovecot-lmtpd chromium chromium-driver
    echo rspamd spamd bogofilter newsboat
}

# Install what is missing; no service is started, the tests start their own.
install_packages() {
    local missing=() package
    for package in $(packages); do
        dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null |
            grep -qx installed || missing+=("$package")
    done
    if ((${#missing[@]} == 0)); then
        say "All packages are installed."
        return
    fi
    if ((EUID)); then
        say "Not root, so these stay missing: ${missing[*]}"
        return 1
    fi
    apt-get update -qq
    forbid_services
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || {
        allow_services
        return 1
    }
    allow_services
    say "Installed: ${missing[*]}"
}

# https://people.debian.org/~hmh/invokerc.d-policyrc.d-specification.txt
policy=/usr/sbin/policy-rc.d

forbid_services() {
    [[ -e $policy ]] && return
    printf '#!/bin/sh\n# wagtail-ecp: .ci/run\nexit 101\n' >"$policy"
    chmod +x "$policy"
}

allow_services() {
    grep -qs '^# wagtail-ecp: .ci/run$' "$policy" && rm -f "$policy"
    return 0
}

# One Python of each version from 3.11 on, as "VERSION PATH", the oldest first.
pythons() {
    local candidate
    for candidate in \
        "$(command -v python3)" \
        $(compgen -c python3. | grep -xE 'python3\.[0-9]+' | sort -u) \
        "${PYENV_ROOT:-$HOME/.pyenv}"/versions/*/bin/python3; do
        # A shim of pyenv may stand there for a Python that is not chosen.
        "$candidate" -c '
import ensurepip, sys
if sys.version_info >= (3, 11) and sys.version_info.releaselevel == "final":
    print("%d.%d" % sys.version_info[:2], sys.executable)
' 2>/dev/null || true
    done | sort -u -V -k1,1
}

newest_python() {
    pythons | tail -n 1 | cut -d' ' -f2-
}

# Python 3.11, or the oldest that will do where there is none.
oldest_python() {
    pythons | head -n 1 | cut -d' ' -f2-
}

# A uv of our own, unless a working one is there: pyenv may have a shim without one.
provide_uv() {
    if ! uv --version 2>/dev/null; then
        "$python" -m venv .venvs/tools
        .venvs/tools/bin/pip install --quiet uv
        .venvs/tools/bin/uv --version
    fi
}

# The wheel with nothing but what it asks for itself.
clean_wheel() {
    .venv/bin/hatchling build --clean -t wheel
    uv venv --quiet --clear --python "$python" .venvs/wheel
    uv pip install --quiet --python .venvs/wheel/bin/python dist/*.whl
    (cd .venvs/wheel && bin/python -c "import wagtail_ecp.apps as apps; print(apps)")
}

# environment NAME PYTHON OPTION...: .venvs/NAME with the project and its tests' tools.
environment() {
    local name=$1 base=$2
    shift 2
    uv venv --quiet --clear --python "$base" ".venvs/$name"
    uv pip install --quiet --python ".venvs/$name/bin/python" "$@" \
        --editable ".[postgres,sandbox,tnef]" --group test
    uv pip list --quiet --python ".venvs/$name/bin/python" |
        grep -iE '^(django|wagtail|rq|django-rq|pytest) '
}

free_port() {
    "$python" -c "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1])"
}
