# Sourced by tests that need another Debian than this machine's: a root that debootstrap makes.

skip() {
  printf 'skipped: %s\n' "$1"
  exit 77
}

# run_alone SCRIPT ARGUMENT...: goes on in a mount namespace. What is mounted there is gone with its last process,
# however that ends.
run_alone() {
  ((EUID == 0)) || skip 'a root of its own is made by root only'
  command -v debootstrap >/dev/null || skip 'debootstrap is not installed'
  [[ ${PGHAUL_ALONE:-} ]] || PGHAUL_ALONE=yes exec unshare --mount --pid --fork --kill-child "$@"
}

# make_root SUITE FOLDER: sets `root` to FOLDER/SUITE, a minimal Debian, made where it isn't there yet.
make_root() {
  local -r suite=$1 folder=$2
  root=$folder/$suite
  mkdir -p -- "$folder"
  [[ ! -d $root ]] || return 0
  rm -rf -- "$root.new"
  debootstrap --variant=minbase "$suite" "$root.new" >"$folder/$suite.log" ||
    skip "debootstrap could not make $suite: $(tail -n 1 "$folder/$suite.log")"
  mv -- "$root.new" "$root"
}

# open_root: gives it what programs expect to be mounted.
open_root() {
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  mount -t tmpfs tmpfs "$root/dev/shm"
}

in_root() {
  env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"
}
