# Sourced by fetch-clients and fetch-clusters: packages of another suite of Debian, unpacked together with the
# libraries they were built with, and run by those libraries' loader.

declare -A suites=([13]=bullseye [17]=trixie [18]=sid [19]=experimental)

# download DIR PACKAGE...: those, and the libraries they need, without what only compiles queries (LLVM) or is Perl's.
download() {
  local -r dir=$1
  shift
  local -a needed
  mapfile -t needed < <(private_apt "$dir/apt" -s install "$@" |
    awk -v packages=" $* " '$1 == "Inst" && (index(packages, " " $2 " ") || $2 ~ /^(lib|zlib1g$)/) &&
      $2 !~ /^lib(perl|llvm|z3)|-perl$/ { print $2 }')
  ((${#needed[@]})) || { echo "$* is not there" && return 1; }
  cd -- "$dir/debs"
  private_apt "$dir/apt" download "${needed[@]}"
}

# unpack DIR [PATTERN]...: leaves out what the patterns of tar name.
unpack() {
  local -r dir=$1
  shift
  local part deb
  for part in bin lib lib64; do  # Debian's are links since trixie, and some packages still write through them
    mkdir -p -- "$dir/usr/$part"
    ln -s -- "usr/$part" "$dir/$part"
  done
  for deb in "$dir"/debs/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$dir" --keep-directory-symlink --no-same-owner \
      --exclude='./usr/bin/*' --exclude='./etc/*' "${@/#/--exclude=}"
  done
}

# wrap DIR MAJOR PROGRAM...: in place of each program a script that starts it by the loader of its own libc.
wrap() {
  local -r dir=$1 bin=$1/usr/lib/postgresql/$2/bin
  shift 2
  local loader program
  loader=$(compgen -G "$dir/usr/lib/*/ld-linux-*.so.*" || compgen -G "$dir/usr/lib/*/ld-[0-9]*.so")
  for program; do
    mv -- "$bin/$program" "$bin/$program.real"
    cat >"$bin/$program" <<END_OF_SCRIPT
#!/bin/sh
bin=\${0%/*}
libraries=\$bin/$(realpath --relative-to="$bin" -- "$(dirname -- "$loader")")
exec "\$libraries/${loader##*/}" --library-path "\$libraries" --argv0 "\$0" "\$bin/$program.real" "\$@"
END_OF_SCRIPT
    chmod 755 -- "$bin/$program"
  done
}
