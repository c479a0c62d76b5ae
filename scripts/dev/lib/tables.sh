# Tables of docs/ that a verb measures. Sourced by those verbs.

# write_table FUNCTION PAGE COMMAND...: what the function prints takes the place of COMMAND's table in PAGE, once all of it
# is there: half a measurement takes nothing's place. Never behind if, && or ||, where bash goes on after what fails in a
# function.
write_table() {
  whole_table="$(mktemp)"
  trap 'rm -f "$whole_table"' EXIT
  "$1" >"$whole_table"
  python3 scripts/write_table.py "${@:2}" <"$whole_table"
}
