# Sourced by fetch-servers and fetch-clients: a cache of other PostgreSQL versions outside of the tree, for
# tests. What can't be had is a reason told, never a failure: the tests that want it are skipped then.
#
# The sourcing script sets `kind` (a folder of the cache), `defaults` (major versions), `shown` (a pattern: what
# --show tells of a version's folder), and has a function fetch MAJOR DIR that fills DIR and prints nothing, or
# prints why it can't and returns 1.
export LC_ALL=C.UTF-8
umask 022  # the server's user has to get in

fetch_main() {
  open_cache
  case ${1:-} in
    --help | -h) usage ;;
    --show) show "${2:?--show wants a major version}" ;;
    *) fetch_all "${@:-${defaults[@]}}" ;;
  esac
}

usage() {
  cat <<END_OF_USAGE
usage: ${0##*/} [MAJOR]...     fetches what the cache lacks; by default ${defaults[*]}
       ${0##*/} --show MAJOR   prints where it is, or why it is not and exits with 1

The cache is \$PGHAUL_SERVERS, by default ${cache%/"$kind"}. Whatever is in it may be removed at any time.
END_OF_USAGE
}

# Root's own home is closed to the user that root's servers run as.
open_cache() {
  local home=${XDG_CACHE_HOME:-$HOME/.cache}
  ((EUID != 0)) || home=/var/tmp
  cache=$(realpath -m -- "${PGHAUL_SERVERS:-$home/pghaul-servers}")
  mkdir -p -- "$cache"
  # In a folder open to all, somebody else could have laid programs there for us to run.
  [[ -O $cache ]] || { printf '%s: %s belongs to somebody else\n' "${0##*/}" "$cache" >&2 && exit 1; }
  cache+=/$kind
  mkdir -p -- "$cache"
}

show() {
  if [[ -d $cache/$1 ]]; then
    compgen -G "$cache/$1/$shown"
  else
    cat -- "$cache/$1.missing" 2>/dev/null || printf 'not fetched; run %s %s\n' "$0" "$1"
    return 1
  fi
}

fetch_all() {
  local major
  exec 9>"$cache/lock"
  flock 9
  for major; do
    [[ -d $cache/$major ]] || fetch_one "$major"
    printf '%s %s: %s\n' "$kind" "$major" "$(show "$major")"
  done
}

fetch_one() {
  local -r major=$1 unfinished=$cache/$1.unfinished
  local reason
  rm -rf -- "$unfinished" "$cache/$major.missing"
  mkdir -- "$unfinished"
  if reason=$(fetch "$major" "$unfinished" 2>&1); then
    mv -- "$unfinished" "$cache/$major"
  else
    printf '%s\n' "${reason:-cannot be fetched}" >"$cache/$major.missing"
    rm -rf -- "$unfinished"
  fi
}
