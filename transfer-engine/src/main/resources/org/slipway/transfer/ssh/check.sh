# Arguments: project and work directory, backup file or nothing. Tells facts; what it makes to find them out it removes.
arg "$1"
P=$A
arg "$2"
W=$A
arg "$3"
F=$A
yes() { if "$@" 2>/dev/null; then printf 'yes\0'; else printf 'no\0'; fi; }
fact() { printf 'fact\0%s\0' "$1"; }
fact project-exists; yes test -d "$P"
fact project-readable; yes test -r "$P" -a -x "$P"
fact project-writable; yes test -w "$P"
U=${W%/*}
[ -n "$U" ] || U=/
m=
if [ -d "$W" ]; then U=$W; else mkdir -- "$W" 2>/dev/null && m=1 U=$W; fi
fact work-usable; if [ -d "$W" ] && [ -w "$W" ] && [ -x "$W" ]; then printf 'yes\0'; else printf 'no\0'; fi
whose
fact work-own; yes test "$po" = "$pc"
fact work-owner; printf '%s\0' "$po"
fact work-left; printf '%s\0' "$pl"
fact lock; yes sh -c 'command exec 9>>"$1/check.$$" && flock -n 9; r=$?; rm -f "$1/check.$$"; exit $r' sh "$W"
p=$(stat -c %d "$P" 2>/dev/null) w=$(stat -c %d "$U" 2>/dev/null)
[ -z "$p" ] || [ -z "$w" ] || { fact one-file-system; yes test "$p" = "$w"; }
fact room; printf '%s\0' "$(stat -f -c '%a %S %d %c' "$U" 2>/dev/null)"
fact clock; printf '%s\0' "$(date +%s)"
if [ -n "$F" ]; then
  B=${F%/*}
  [ -n "$B" ] || B=/
  fact backup-directory; yes test -d "$B"
  fact backup-writable; yes test -w "$B" -a -x "$B" -a ! -d "$F"
  fact backup-outside
  [ -d "$P" ] || P=/dev/null
  case "$(cd -- "$B" 2>/dev/null && pwd -P)/" in "$(cd -- "$P" 2>/dev/null && pwd -P)/"*) printf 'no\0' ;; *) printf 'yes\0' ;; esac
fi
[ -z "$m" ] || rmdir "$W" 2>/dev/null
end
