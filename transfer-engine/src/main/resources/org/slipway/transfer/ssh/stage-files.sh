stage() {
  [ ! -e "$S" ] && mkdir -p -- "$S/new" || fail DIRECTORY "$S cannot be made"
  cd -- "$S" || fail DIRECTORY "$S cannot be entered"
  case $I in all) tar -xpof - ;; *) input | tar -xpof - ;; esac || fail STAGE "the files cannot be stored in $S"
  cd new || fail STAGE "$S was taken away"
  hashes <../control/sent
  [ ! -e ../control/modes ] || grouped chmod . ../control/modes || fail STAGE "modes cannot be set in $S"
  printf 'staged\0'
}
