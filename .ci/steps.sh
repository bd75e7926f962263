# Steps with a heading, their time, and a list of all of them at the end. A step that has
# waited, for others on the machine too, took less of the processors than of the clock.

results=()
failures=0
began=$SECONDS
taken=0
spent=$(mktemp)

# Put into $taken the seconds of the processors that all steps up to now have had.
measure() {
    times >"$spent" # Not in a pipe: that shell has no children.
    taken=$(awk -F'[ms ]+' 'NR == 2 { print int(60 * $1 + $2 + 60 * $3 + $4) }' "$spent")
}

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
    local title=$1 from=$SECONDS code=0 outcome before=$taken
    shift
    printf '\n=== %s\n' "$title"
    # In a shell of its own, because bash ignores -e in a function called before "||".
    bash -euo pipefail -c '"$@"' step "$@" </dev/null || code=$?
    outcome="ok"
    ((code == 0)) || outcome="FAILED ($code)"
    measure
    results+=("$(printf '%5d s  %5d s of CPU  %-12s %s' \
        $((SECONDS - from)) $((taken - before)) "$outcome" "$title")")
    say "=== $title: $outcome after $((SECONDS - from)) s"
    return "$code"
}

finish() {
    local code=$?
    ((failures == 0)) || code=1
    stop_postgres
    printf '\n=== All steps\n'
    printf '%s\n' "${results[@]}" \
        "$(printf '%5d s  %5d s of CPU  in all' $((SECONDS - began)) "$taken")"
    rm -f "$spent"
    exit "$code"
}
