# Steps with a heading, their time, and a list of all of them at the end.

results=()
failures=0
began=$SECONDS

say() {
    printf '%s\n' "$*"
}

# need TITLE COMMAND...: what later steps build on; the run ends if it fails.
need() {
    step "$@" || exit 1
}

# check TITLE COMMAND...: the run goes on after a failure, to show all there are, and
# fails at its end.
check() {
    step "$@" || failures=$((failures + 1))
}

step() {
    local title=$1 from=$SECONDS code=0 outcome
    shift
    printf '\n=== %s\n' "$title"
    # In a shell of its own, because bash ignores -e in a function called before "||".
    bash -euo pipefail -c '"$@"' step "$@" </dev/null || code=$?
    outcome="ok"
    ((code == 0)) || outcome="FAILED ($code)"
    results+=("$(printf '%5d s  %-12s %s' $((SECONDS - from)) "$outcome" "$title")")
    say "=== $title: $outcome after $((SECONDS - from)) s"
    return "$code"
}

finish() {
    local code=$?
    ((failures == 0)) || code=1
    stop_postgres
    printf '\n=== All steps\n'
    printf '%s\n' "${results[@]}" "$(printf '%5d s  in all' $((SECONDS - began)))"
    exit "$code"
}
