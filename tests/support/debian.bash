# Sourced by scripts that fetch packages of one suite of Debian, this machine's or another, by an apt of their
# own: nothing of the system's changes.

keys=/usr/share/keyrings/debian-archive-keyring.gpg

is_debian() {
  command -v apt-get >/dev/null && [[ -f $keys ]]
}

this_suite() {
  (. /etc/os-release && printf '%s' "$VERSION_CODENAME")
}

# open_suite SUITE DIR TYPE...: makes DIR an apt's state for that suite; TYPE is deb or deb-src.
open_suite() {
  local -r suite=$1 root=$2
  shift 2
  mkdir -p -- "$root"/{state/lists,cache/archives}/partial
  : >"$root/status"  # nothing counts as installed: each library comes from the suite
  list_suite "$suite" "$@" >"$root/sources" && private_apt "$root" update
}

# Where this machine gets its own suite from; other suites are beside it.
list_suite() {
  local -r suite=$1 own=$(this_suite)
  local site release type
  shift
  while read -r site release; do
    for type; do
      case $release in
        "$own") printf '%s [signed-by=%s] %s %s main\n' "$type" "$keys" "$site" "$suite" ;;
        "$own-security")
          [[ $suite == sid ]] || printf '%s [signed-by=%s] %s %s-security main\n' "$type" "$keys" "$site" "$suite"
          ;;
      esac
    done
  done < <(apt-get indextargets --no-release-info --format '$(SITE) $(RELEASE)' 'Created-By: Packages' | sort -u)
}

private_apt() {
  local -r root=$1
  shift
  timeout 100 apt-get -qq -y -o Dir::Etc::sourcelist="$root/sources" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null -o Dir::State="$root/state" \
    -o Dir::State::status="$root/status" -o Dir::Cache="$root/cache" -o APT::Sandbox::User=root \
    -o APT::Install-Recommends=false -o Acquire::Languages=none -o Acquire::Retries=0 "$@" 2>&1
}
