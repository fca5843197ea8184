# shellcheck shell=bash disable=SC2154
# Sourced by tools/demo --live, whose variables and functions it uses: a client that writes all the time while the shop
# moves to the other server and back.

# What a live copy can't carry goes, and each table gets what its changes are followed by.
prepare_for_live() {
  quietly ask "$source_uri" "
    select lo_unlink(oid) from pg_largeobject_metadata;
    alter table crm.imports set logged;
    alter table crm.imports replica identity full;
    create table shop.visits (number bigint primary key, came timestamptz not null default clock_timestamp())"
  note 'without large objects, and with an unlogged table made an ordinary one: a live copy does not carry these'
}

live() {
  printf '%s\n' "$source_uri" >"$dir/application"  # where the application connects to, as a service file says it
  : >"$dir/acknowledged"
  write_all_the_time &
  client=$!

  heading 'pghaul copy --follow SOURCE TARGET &'
  # Not by the function pghaul, whose shell would take the signal that is to end it.
  XDG_STATE_HOME=$dir/state build/release/pghaul copy --follow --progress none "$source_uri" "$target_uri" \
    >"$dir/follow.txt" 2>&1 &
  follower=$!
  until_status '"state": *"following"'
  took
  switch_over "$target_uri"
  until_status '"direction": *"back"'
  switch_over "$source_uri" --back
  until_status '"state": *"following"'

  kill "$client" || true
  wait "$client" || true
  client=''
  until_equal
  kill "$follower" || true
  wait "$follower" || true
  follower=''
  count_visits
}

# Writes numbers one after another, each in a session of its own, and moves when it is told to.
write_all_the_time() {
  local number=1
  while :; do
    if psql -X -q -d "$(<"$dir/application")" -c "insert into shop.visits (number) values ($number)" \
      >/dev/null 2>&1; then
      printf '%s %s\n' "${EPOCHREALTIME/[.,]/}" "$number" >>"$dir/acknowledged"
      number=$((number + 1))
    fi
  done
}

# switch_over URI [--back]: moves the client to the server with this URI.
switch_over() {
  local new=$1
  shift
  local before=${EPOCHREALTIME/[.,]/}
  step "pghaul switchover ${*:+$* }SOURCE TARGET"
  pghaul switchover "$@" --confirm shop --on-open "printf '%s\n' '$new' >'$dir/application'" \
    "$source_uri" "$target_uri"
  note "the client's longest wait: $(longest_wait "$before") s"
}

# longest_wait SINCE: between two writes that were acknowledged, in seconds.
longest_wait() {
  awk -v since="$1" '
    $1 >= since { if (last && $1 - last > most) most = $1 - last }
    { last = $1 }
    END { printf "%.2f", most / 1000000 }' "$dir/acknowledged"
}

# The new server follows, and has the last writes a moment later; count_visits() says so if it hasn't.
until_equal() {
  local visits='select count(*) from shop.visits' deadline=$((SECONDS + 30))
  until (($(ask "$source_uri" "$visits") == $(ask "$target_uri" "$visits") || SECONDS >= deadline)); do
    sleep 0.2
  done
}

count_visits() {
  heading 'Counting what the client wrote, on both servers'
  local acknowledged there here
  acknowledged=$(wc -l <"$dir/acknowledged")
  there=$(ask "$source_uri" 'select count(*) from shop.visits')
  here=$(ask "$target_uri" 'select count(*) from shop.visits')
  took
  note "acknowledged $acknowledged, old server $there, new server $here; longest wait of all $(longest_wait 0) s"
  # One more may have been written whose answer the client did not live to see.
  ((there - acknowledged <= 1 && there >= acknowledged && here >= acknowledged)) ||
    fail 'a write that was acknowledged is missing'
}

# until_status PATTERN: waits until the live copy stands so.
until_status() {
  local deadline=$((SECONDS + 120))
  until pghaul status --json "$target_uri" 2>/dev/null | grep -qE "$1"; do
    ((SECONDS < deadline)) || fail "the live copy did not get to $1:
$(tail -n 5 "$dir/follow.txt")"
    kill -0 "$follower" 2>/dev/null || fail "the live copy ended:
$(tail -n 5 "$dir/follow.txt")"
    sleep 0.2
  done
}

step() {
  printf '\n%s%s%s\n' "$bold" "$1" "$plain"
}
