# The directories named on standard input that are none, or a symbolic link; gone ones are let pass where $1 says so.
unreal() {
  xargs -0 -r sh -c 'for d; do if [ -L "$d" ]; then :; elif [ -d "$d" ]; then continue; elif [ -n "$0" ] && [ ! -e "$d" ]; then continue; fi; printf %s "$d"; exit 255; done' "$1" 2>/dev/null
}
# The lists of all parts, one behind the other.
has() {
  set -- "$C/$1".*
  [ -e "$1" ]
}
list() { ! has "$1" || cat "$C/$1".*; }
# GNU hosts nearly always have perl: one process for all renames, not one for each directory, keeps the time short in which a reader
# sees some files of either release. What it cannot rename, mv tries again.
rename_all() {
  case $D in
  gnu) { list moves | perl -0 -e '$to = shift; while (<STDIN>) { chomp; lstat or next; rename $_, "$to/$_" or exit 1 }' "$P"; } 2>/dev/null && return ;;
  esac
  list moves | grouped mv "$P"
}
# Up to the mark 'publishing' nothing in the project directory is changed; from then on this is run again until it is through.
publish() {
  lock
  fence
  [ "$fe" -eq "$E" ] || fail FENCED "epoch $fe, $fh"
  C=$S/control K=$W/replaced/$G
  [ -d "$S/new" ] || fail STAGE "$S was taken away"
  cd -- "$P" || fail DIRECTORY "the project directory $P may not be entered"
  r=
  [ ! -e "$S/publishing" ] || r=again
  b=$(list through | unreal "$r") || fail IN_THE_WAY "$P/${b#./} was taken away or replaced, and nothing is written through a symbolic link"
  list open | xargs -0 -r chmod u+rwx || fail DIRECTORY "a directory cannot be opened"
  if [ -z "$r" ]; then
    b=$(list into | xargs -0 -r sh -c 'for d; do [ -w "$d" ] && [ -x "$d" ] || { printf %s "$d"; exit 255; }; done' sh 2>/dev/null) || fail DIRECTORY "the directory $P/${b#./} was taken away or may not be written by this user; nothing was changed, give that user the right to"
    b=$(list moves | xargs -0 -r sh -c 'for f; do [ -d "$f" ] && [ ! -L "$f" ] || continue; for e in "$f"/* "$f"/.[!.]* "$f"/..?*; do if [ -e "$e" ] || [ -L "$e" ]; then printf %s "$f"; exit 255; fi; done; done' sh 2>/dev/null) || fail IN_THE_WAY "the directory $P/${b#./} is not empty and came in the way meanwhile; nothing was changed"
    if has keep; then
      { [ ! -e "$K" ] || rm -rf -- "$K"; } && mkdir -p -- "$K" || fail DIRECTORY "$K cannot be made"
      case $D in
      gnu) list keep | xargs -0 -r cp -lP --parents -t "$K" 2>/dev/null || list keep | xargs -0 -r cp -pPf --parents -t "$K" ;;
      *) list keep | grouped ln "$K" ;;
      esac || fail DIRECTORY "what is to be replaced cannot be kept in $K"
    fi
    flush
    # From here on nobody's going away stops it half-way.
    trap '' PIPE
    printf '' >"$S/publishing" || fail DIRECTORY "$S cannot be written"
  fi
  printf 'marked\0'
  if has away; then
    list away | xargs -0 -r sh -c 'for f; do if [ -e "$0/$f" ] || [ -L "$0/$f" ]; then if [ -d "$f" ] && [ ! -L "$f" ]; then rmdir -- "$f"; else rm -f -- "$f"; fi || exit 255; fi; done' "$S/new" || fail IN_THE_WAY "something has to give way to the release and cannot"
  fi
  cd -- "$S/new" || fail STAGE "$S was taken away"
  rename_all || fail PUBLISH "files cannot be moved into $P"
  cd -- "$P" || fail DIRECTORY "the project directory $P may not be entered"
  # What fails from here on shows when the target is looked at, and is no reason to stay unfinished.
  list chmod | grouped chmod .
  list touch | grouped touch .
  if has dirs && list adjusted | unreal again >/dev/null; then
    # The last ones first: one whose own mode shuts it comes after all below it.
    set --
    for d in "$C"/dirs.*; do set -- "$d" "$@"; done
    for d; do
      tar -xpof "$d"
      case $O in gnu-tar) ;; *) grouped chmod . <"$C/dirmodes.${d##*.}" ;; esac
    done
  fi
  list changed | stats
  flush
  trash "$S"
  set -- "$W"/replaced/*
  while [ $# -gt 3 ]; do
    trash "$1"
    shift
  done
  sweep
}
