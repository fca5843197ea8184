# shellcheck shell=bash disable=SC2154
# Sourced by tools/demo --platform, whose variables and functions it uses: an application behind PgBouncer is moved from
# one of Debian's clusters to the next, by each of the ways that pghaulctl has, while a client writes.

newest=''  # major version of the last cluster
as_owner=()
((EUID != 0)) || as_owner=(setpriv --reuid=postgres --regid=postgres --init-groups --)

# Run by root, another major version that tests/support/fetch-clusters has fetched looks installed, for this demo alone.
see_other_version() {
  newest=$(find /usr/lib/postgresql -mindepth 1 -maxdepth 1 -printf '%f\n' | sort -n | tail -n 1)
  oldest=$newest
  ((EUID == 0 && newest < 17)) || return 0
  newest=$(tests/support/look-installed 17 | tail -n 1)
}

platform() {
  see_other_version
  make_machine
  : >"$dir/acknowledged"
  start_client
  move WHITE copy
  destroy LAVENDER
  move GREY live
  step 'pghaulctl changeover shop finish'
  pghaulctl changeover shop finish
  destroy WHITE
  if [[ $newest != "$oldest" ]]; then
    move PURPLE upgrade
  else
    note "There is no other version than $oldest here to show --by upgrade with."
  fi
  step 'pghaulctl info shop'
  pghaulctl info shop
  kill "$client"
  wait "$client" || true
  client=''
  count_acknowledged
}

make_machine() {
  export PG_CLUSTER_CONF_ROOT=$dir/etc PGHAUL_APPS=$dir/apps PGHOST=$dir
  heading "Making a cluster of PostgreSQL $oldest, and PgBouncer"
  mkdir "$dir"/{etc,data,log,apps}
  ((EUID != 0)) || chown postgres: "$dir" "$dir"/{etc,data,log,apps}
  quietly "${as_owner[@]}" pg_createcluster "$oldest" lavender --datadir "$dir/data/$oldest/lavender" \
    --logfile "$dir/log/lavender.log" --socketdir "$dir" --start-conf manual -o wal_level=logical \
    -o shared_buffers=256MB -o max_wal_size=4GB -o "external_pid_file=$dir/lavender.pid"
  printf 'local all all trust\nlocal replication all trust\n' |
    "${as_owner[@]}" tee "$dir/etc/$oldest/lavender/pg_hba.conf" >"$dir/output"
  quietly "${as_owner[@]}" pg_conftool "$oldest" lavender set listen_addresses ''
  quietly "${as_owner[@]}" pg_ctlcluster "$oldest" lavender start --skip-systemctl-redirect
  # shellcheck disable=SC2034  # clean_up reads it
  machine_up=yes
  fill_machine
  start_pooler
  took
}

fill_machine() {
  local port
  port=$(pg_lsclusters --no-header | awk '{ print $3 }')
  source_uri="host=$dir port=$port user=postgres dbname=shop"
  quietly psql -X -q -d "host=$dir port=$port user=postgres dbname=postgres" -c 'create database shop template template0'
  quietly tools/shop/fill "$source_uri" "$scale"
  quietly psql -X -d "$source_uri" -v ON_ERROR_STOP=1 -c "
    create role app login;
    select lo_unlink(oid) from pg_largeobject_metadata;
    alter table crm.imports set logged;
    alter table crm.imports replica identity full;
    create table shop.visits (number bigint primary key, came timestamptz not null default clock_timestamp());
    grant usage on schema shop to app;
    grant all on shop.visits to app"
}

start_pooler() {
  printf '[databases]\n' >"$dir/pghaul.ini"
  printf '"app" ""\n"postgres" ""\n' >"$dir/users"
  cat >"$dir/pgbouncer.ini" <<END
%include $dir/pghaul.ini
[pgbouncer]
listen_port = 6432
unix_socket_dir = $dir
auth_type = trust
auth_file = $dir/users
admin_users = postgres
pool_mode = transaction
logfile = $dir/log/pgbouncer.log
pidfile = $dir/pgbouncer.pid
END
  ((EUID != 0)) || chown postgres: "$dir/pghaul.ini" "$dir/users" "$dir/pgbouncer.ini"
  quietly "${as_owner[@]}" pgbouncer --daemon "$dir/pgbouncer.ini"
  cat >"$dir/apps/shop.toml" <<END
database  = "shop"
writers   = ["app"]
databases = { LAVENDER = "$oldest/lavender", WHITE = "$oldest/white", GREY = "$oldest/grey", PURPLE = "$newest/purple" }
names     = ["pgbouncer:$dir/pghaul.ini#shop via host=$dir port=6432 user=postgres"]
END
  quietly pghaulctl pool attach shop pghaul
}

# Writes numbers one after another through PgBouncer, each in a session of its own.
start_client() {
  local number=1
  while :; do
    if psql -X -q -d "host=$dir port=6432 user=app dbname=shop" -c "insert into shop.visits (number) values ($number)" \
      >/dev/null 2>&1; then
      printf '%s %s\n' "${EPOCHREALTIME/[.,]/}" "$number" >>"$dir/acknowledged"
      number=$((number + 1))
    fi
  done &
  client=$!
}

# move NAME WAY: moves the application there.
move() {
  local before=${EPOCHREALTIME/[.,]/} written
  step "pghaulctl changeover shop $1 --by $2"
  pghaulctl changeover shop "$1" --by "$2" 2>"$dir/output" || fail "that failed: $(tail -n 5 "$dir/output")"
  written=$(wc -l <"$dir/acknowledged")
  until (($(wc -l <"$dir/acknowledged") > written + 1)); do sleep 0.2; done
  note "the client's longest wait: $(longest_wait "$before") s"
}

destroy() {
  step "pghaulctl destroy $1 --confirm shop"
  pghaulctl destroy "$1" --confirm shop
}

count_acknowledged() {
  printf '\n'
  heading 'Counting what the client wrote'
  local acknowledged there
  acknowledged=$(wc -l <"$dir/acknowledged")
  there=$(ask "host=$dir port=6432 user=app dbname=shop" 'select count(*) from shop.visits')
  took
  note "acknowledged $acknowledged, in the database $there"
  ((there - acknowledged <= 1 && there >= acknowledged)) || fail 'a write that was acknowledged is missing'
}

pghaulctl() {
  XDG_STATE_HOME=$dir/state build/release/pghaulctl "$@"
}

stop_machine() {
  local version name
  [[ ! -e $dir/pgbouncer.pid ]] || kill -QUIT "$(<"$dir/pgbouncer.pid")" || true
  while read -r version name _; do
    "${as_owner[@]}" pg_ctlcluster "$version" "$name" stop --mode immediate --skip-systemctl-redirect 2>/dev/null || true
  done < <(pg_lsclusters --no-header)
}
