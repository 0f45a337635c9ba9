# Arguments: project and work directory, epoch, name of the staging directory, dialect, hash tool, holder, number of the load, how
# the load is packed, whether to sync, whether tar is GNU's.
arg "$1"
P=$A
arg "$2"
W=$A
E=$3 G=$4 D=$5 T=$6
arg "$7"
H=$A N=$8 Z=$9
shift 9
Y=$1 O=$2
shift 2
S=$W/staging/$G
# A failed redirection of a special builtin would end the shell before it could tell; 'command' takes that away.
lock() {
  command exec 9>>"$W/lock" || fail DIRECTORY "$W/lock cannot be opened"
  i=0
  until flock -n 9; do
    i=$((i + 1))
    [ "$i" -lt 200 ] || fail LOCKED "another writer holds $W/lock"
    sleep 0.1 2>/dev/null || sleep 1
  done
}
fence() {
  fe=0 fh=
  [ ! -e "$W/fence" ] || read -r fe fh <"$W/fence" || :
  case $fe in
  '' | *[!0-9]*) fail DIRECTORY "the file $W/fence is damaged; remove it when nobody writes there" ;;
  esac
}
trash() { mv -f -- "$1" "$W/trash/${1##*/}"; }
sweep() {
  set -- "$W"/trash/*
  [ ! -e "$1" ] || rm -rf -- "$@" 2>/dev/null || {
    chmod -R u+rwx "$@"
    rm -rf -- "$@"
  }
}
flush() { [ "$Y" = no ] || sync -f "$W" 2>/dev/null || sync; }
# From here on every writer of a lower epoch is refused at publication, and what it staged is out of its reach. The fence also tells for
# which project directory it was raised: while anything is unfinished for another one, nobody works here, lest it be finished or removed.
raise() {
  [ -d "$P" ] && [ -x "$P" ] || fail DIRECTORY "the project directory $P is missing or may not be entered; make it and give it to this user"
  [ -d "$W/staging" ] && [ -d "$W/replaced" ] && [ -d "$W/trash" ] || mkdir -p -- "$W/staging" "$W/replaced" "$W/trash" || fail DIRECTORY "Slipway's directory $W cannot be made"
  lock
  fence
  whose
  [ -z "$pl" ] || fail TAKEN "$pl $po"
  [ "$fe" -le "$E" ] || fail FENCED "epoch $fe, $fh"
  if [ "$fe" -lt "$E" ] || [ "$po" != "$pc" ]; then
    printf '%s %s\n%s\n' "$E" "$H" "$pc" >"$W/fence.new" || fail DIRECTORY "$W/fence cannot be written"
    sync "$W/fence.new" 2>/dev/null || sync
    mv -f -- "$W/fence.new" "$W/fence" || fail DIRECTORY "$W/fence cannot be written"
  fi
}
