# Programs in one archive with the shared libraries that they need, for machines that have neither those nor a compiler.
# Sourced by the verbs that make or use one.

# pack_programs ARCHIVE PROGRAM...: bin/ with the programs, stripped, and lib/ with their libraries but for those of the C
# library, which belong to the system. Programs find lib/ by their rpath, $ORIGIN/../lib.
pack_programs() {
  local archive="$1" folder program
  shift
  folder="$(mktemp -d)"
  mkdir "$folder/bin" "$folder/lib"
  for program in "$@"; do strip -o "$folder/bin/$(basename "$program")" "$program"; done
  ldd "$@" | awk '$2 == "=>" && $3 ~ /^\// { print $3 }' | sort -u |
    { grep -vE '/(libc|libm|libdl|librt|libpthread|ld-linux[^/]*)\.so' || true; } |
    while read -r library; do cp -L "$library" "$folder/lib/"; done
  # Programs with the same kernels differ by little: a window that holds all of them finds that.
  tar -C "$folder" -c bin lib | xz --threads=1 --lzma2=preset=6,dict=128MiB >"$archive"
  rm -rf "$folder"
}

# unpack_programs ARCHIVE FOLDER: bin/ and lib/ there. Where there is no xz, Python's own.
unpack_programs() {
  mkdir -p "$2"
  tar -C "$2" -xmf "$1" 2>/dev/null || python3 -m tarfile -e "$1" "$2"
}
