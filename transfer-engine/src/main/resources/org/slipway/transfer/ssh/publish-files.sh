# Up to the mark 'publishing' nothing in the project directory is changed; from then on this is run again until it is through.
publish() {
  lock
  fence
  [ "$fe" -eq "$E" ] || fail FENCED "epoch $fe, $fh"
  C=$S/control K=$W/replaced/$G
  [ -d "$S/new" ] || fail STAGE "$S was taken away"
  cd -- "$P" || fail DIRECTORY "the project directory $P may not be entered"
  if [ ! -e "$S/publishing" ]; then
    [ ! -e "$C/open" ] || xargs -0 -r chmod u+rwx <"$C/open" || fail DIRECTORY "a directory cannot be opened"
    b=$(xargs -0 -r sh -c 'for d; do [ -d "$d" ] && [ ! -L "$d" ] && [ -w "$d" ] && [ -x "$d" ] || { printf %s "$d"; exit 255; }; done' sh <"$C/into" 2>/dev/null) || fail IN_THE_WAY "the directory $P/${b#./} was taken away or cannot be written"
    if [ -e "$C/keep" ]; then
      { [ ! -e "$K" ] || rm -rf -- "$K"; } && mkdir -p -- "$K" || fail DIRECTORY "$K cannot be made"
      case $D in
      gnu) xargs -0 -r cp -lP --parents -t "$K" <"$C/keep" 2>/dev/null || xargs -0 -r cp -pPf --parents -t "$K" <"$C/keep" ;;
      *) grouped ln "$K" "$C/keep" ;;
      esac || fail DIRECTORY "what is to be replaced cannot be kept in $K"
    fi
    flush
    : >"$S/publishing" || fail DIRECTORY "$S cannot be written"
  else
    [ ! -e "$C/open" ] || xargs -0 -r chmod u+rwx <"$C/open" || fail DIRECTORY "a directory cannot be opened"
  fi
  if [ -e "$C/away" ]; then
    xargs -0 -r sh -c 'for f; do if [ -e "$0/$f" ] || [ -L "$0/$f" ]; then if [ -d "$f" ] && [ ! -L "$f" ]; then rmdir -- "$f"; else rm -f -- "$f"; fi || exit 255; fi; done' "$S/new" <"$C/away" || fail IN_THE_WAY "something has to give way to the release and cannot"
  fi
  cd -- "$S/new" || fail STAGE "$S was taken away"
  grouped mv "$P" "$C/moves" || fail PUBLISH "files cannot be moved into $P"
  cd -- "$P" || fail DIRECTORY "the project directory $P may not be entered"
  [ ! -e "$C/chmod" ] || grouped chmod . "$C/chmod" || fail PUBLISH "modes cannot be set in $P"
  [ ! -e "$C/touch" ] || grouped touch . "$C/touch" || fail PUBLISH "times cannot be set in $P"
  [ ! -e "$C/dirs.tar" ] || tar -xpof "$C/dirs.tar" || fail PUBLISH "modes of directories cannot be set in $P"
  stats <"$C/changed"
  flush
  trash "$S"
  set -- "$W"/replaced/*
  while [ $# -gt 3 ]; do
    trash "$1"
    shift
  done
  sweep
}
