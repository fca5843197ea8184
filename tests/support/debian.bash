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
  # Nothing counts as installed, so that each library comes from the suite; but for what would bring all of Perl along.
  printf 'Package: %s\nStatus: install ok installed\nVersion: 999\nArchitecture: all\n\n' \
    postgresql-common postgresql-client-common ssl-cert >"$root/status"
  cat >"$root/conf" <<END
Dir::Etc { sourcelist "$root/sources"; sourceparts "/dev/null"; preferences "/dev/null"; preferencesparts "/dev/null"; };
Dir::State "$root/state";
Dir::State::status "$root/status";
Dir::Cache "$root/cache";
APT { Sandbox::User "root"; Install-Recommends "false"; };
Acquire { Languages "none"; Retries "0"; };
END
  list_suite "$suite" "$@" >"$root/sources"
  if [[ $suite == experimental ]]; then  # it holds only what differs from sid
    list_suite sid "$@" >>"$root/sources"
    printf 'APT::Default-Release "experimental";\n' >>"$root/conf"
  fi
  private_apt "$root" update
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
          [[ $suite == @(sid|experimental) ]] || printf '%s [signed-by=%s] %s %s-security main\n' "$type" "$keys" "$site" "$suite"
          ;;
      esac
    done
  done < <(apt-get indextargets --no-release-info --format '$(SITE) $(RELEASE)' 'Created-By: Packages' | sort -u)
}

private_apt() {
  local -r root=$1
  shift
  timeout 100 apt-get -qq -y -c "$root/conf" "$@" 2>&1
}
