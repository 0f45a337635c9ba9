# What there is at the names on standard input, and how much room.
look() {
  cd -- "$P" || fail DIRECTORY "the project directory $P may not be entered"
  printf 'room\0%s\0' "$(stat -f -c '%a %S %d %c' "$W")"
  printf 'devices\0%s\0' "$(stat -c %d "$W")"
  input | stats
}
