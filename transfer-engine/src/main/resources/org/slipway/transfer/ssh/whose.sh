# The project directory, where its links lead, is pc; po is the one for which the fence was raised last, the rest of that file. Where
# they differ, pl is something that was left unfinished for po.
whose() {
  pc=$(cd -- "$P" 2>/dev/null && pwd -P)
  po=$({ read -r po && cat; } 2>/dev/null <"$W/fence")
  pl=
  [ "$po" = "$pc" ] || for d in "$W"/staging/* "$W"/archive.*; do
    [ ! -e "$d" ] || pl=${d#"$W"/}
  done
}
