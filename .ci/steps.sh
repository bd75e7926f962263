# Steps with a heading, their time, and a list of all of them at the end.

results=()
began=$SECONDS

say() {
    printf '%s\n' "$*"
}

# step TITLE COMMAND...: run the command; the run ends if it fails.
step() {
    local title=$1 from=$SECONDS code=0
    shift
    printf '\n=== %s\n' "$title"
    # Without "if" or "||" before it: bash would ignore -e within a function.
    set +e
    (
        set -e
        "$@"
    ) </dev/null
    code=$?
    set -e
    results+=("$(printf '%5d s  %s' $((SECONDS - from)) "$title")")
    if ((code)); then
        results+=("         FAILED with exit code $code: $*")
        exit "$code"
    fi
    say "=== $title: $((SECONDS - from)) s"
}

finish() {
    local code=$?
    stop_postgres
    printf '\n=== Time of each step\n'
    printf '%s\n' "${results[@]}" "$(printf '%5d s  in all' $((SECONDS - began)))"
    exit "$code"
}
