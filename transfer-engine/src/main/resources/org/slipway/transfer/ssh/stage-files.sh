# GNU tar reads from a pipe in records, and large ones take a third of the time. BusyBox's, run by anybody but root, gives what it makes no mode
# but the one that umask leaves.
untar() {
  case $O in
  gnu-tar) tar -b 128 -xpof - ;;
  *) (umask 0; tar -xpof -) ;;
  esac
}
unpack() {
  case $I$Z in
  allzstd) zstd -dc | untar ;;
  all*) untar ;;
  *) input | untar ;;
  esac
}
# Hashes a share into a file, and begins no further command once the shell is gone that waits for it.
share() {
  {
    sums sh -c 'kill -0 "$0" || exit 255; exec "$@"' $$ && printf '\0'
  } >"$1" && : >"$1.whole"
}
# One load of the release into the staging directory: the lists of its part, what is new, and at the end the names of its files, in two
# shares where both can be hashed at the same time.
stage() {
  case $N in
  *[!0]*) ;;
  *) [ ! -e "$S" ] && mkdir -p -- "$S/new" || fail DIRECTORY "$S cannot be made" ;;
  esac
  [ -d "$S/new" ] && cd -- "$S" || fail STAGE "$S was taken away"
  printf 'ready\0'
  unpack || fail STAGE "the files cannot be stored in $S"
  [ -e "control/sent.$N" ] || fail STAGE "what came into $S ended early"
  cd new || fail STAGE "$S was taken away"
  [ ! -e "../control/patched.$N" ] || put_together <"../control/patched.$N" || fail STAGE "what came as differences cannot be made whole in $S"
  if [ -e "../control/also.$N" ]; then share "../sums.$N" <"../control/also.$N" & fi
  printf 'h\0'
  sums <"../control/sent.$N"
  wait
  if [ -e "../sums.$N.whole" ]; then
    cat "../sums.$N"
  else
    [ ! -e "../control/also.$N" ] || sums <"../control/also.$N"
    printf '\0'
  fi
  [ ! -e "../control/modes.$N" ] || grouped chmod . <"../control/modes.$N" || fail STAGE "modes cannot be set in $S"
  printf 'staged\0'
}
