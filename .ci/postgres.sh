# A PostgreSQL server of this run's own: on loopback, gone at the end, no fsync.

export PGHOST=127.0.0.1 PGUSER=postgres PGPORT
cluster=$(mktemp -d "${TMPDIR:-/tmp}/ecp-postgres-XXXXXX")

# Its programs refuse to run as root, and leave where root may be and others may not.
as_postgres() {
    local programs
    programs=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
    cd "$cluster"
    if ((EUID)); then
        "$programs/$1" "${@:2}"
    else
        runuser -u postgres -- "$programs/$1" "${@:2}"
    fi
}

start_postgres() {
    ((EUID)) || chown postgres "$cluster"
    as_postgres initdb --auth=trust --username="$PGUSER" --encoding=UTF8 \
        --locale=C.UTF-8 --pgdata="$cluster/data" >"$cluster/initdb.log"
    as_postgres pg_ctl start --wait --silent --pgdata="$cluster/data" \
        --log="$cluster/log" --options="-h $PGHOST -p $PGPORT -k $cluster \
        -c fsync=off -c full_page_writes=off -c synchronous_commit=off" || {
        cat "$cluster/log"
        return 1
    }
    as_postgres postgres --version
}

stop_postgres() {
    if [[ -e $cluster/data/postmaster.pid ]]; then
        (as_postgres pg_ctl stop --silent --mode=immediate --pgdata="$cluster/data")
    fi
    rm -rf "$cluster"
}
