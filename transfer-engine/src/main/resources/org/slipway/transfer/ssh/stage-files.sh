# GNU tar reads from a pipe in records, and large ones take a third of the time.
untar() {
  case $O in
  gnu-tar) tar -b 128 -xpof - ;;
  *) tar -xpof - ;;
  esac
}
unpack() {
  case $I$Z in
  allzstd) zstd -dc | untar ;;
  all*) untar ;;
  *) input | untar ;;
  esac
}
# One load of the release into the staging directory: the lists of its part, if any, files, and at the end their names. The
# one file of a load that is nothing but a large one is hashed while it comes; its name is the further argument.
stage() {
  arg "$1"
  f=$A
  case $N in
  *[!0]*) ;;
  *)
    [ ! -e "$S" ] && mkdir -p -- "$S/new" || fail DIRECTORY "$S cannot be made"
    printf 'ready\0'
    ;;
  esac
  [ -d "$S/new" ] && cd -- "$S" || fail STAGE "$S was taken away"
  if [ "$f" = . ]; then
    unpack || fail STAGE "the files cannot be stored in $S"
    cd new || fail STAGE "$S was taken away"
    hashes <"../control/sent.$N"
  else
    exec 3<&0
    unpack <&3 &
    t=$!
    exec 3<&-
    until [ -e "new/$f" ] || ! kill -0 "$t" 2>/dev/null; do sleep 0.02; done
    # The writer is waited for here and not in a subshell: one that nobody has waited for still counts as alive for tail.
    tail -c +1 -s 0.02 --pid="$t" -f "new/$f" 2>/dev/null | hash_one >"control/hash.$N" &
    u=$!
    wait "$t" || fail STAGE "the files cannot be stored in $S"
    wait "$u"
    read -r h r <"control/hash.$N" || h=
    cd new || fail STAGE "$S was taken away"
    printf 'f\0%s\0' "$h"
  fi
  [ ! -e "../control/modes.$N" ] || grouped chmod . <"../control/modes.$N" || fail STAGE "modes cannot be set in $S"
  printf 'staged\0'
}
