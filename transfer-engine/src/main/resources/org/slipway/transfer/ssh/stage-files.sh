# One load of the release into the staging directory: the lists of its part, if any, then files. Loads are numbered.
stage() {
  if [ "$N" = 0000 ]; then
    [ ! -e "$S" ] && mkdir -p -- "$S/new" || fail DIRECTORY "$S cannot be made"
  fi
  [ -d "$S/new" ] && cd -- "$S" || fail STAGE "$S was taken away"
  case $I$Z in
  allzstd) zstd -dc | tar -xpof - ;;
  all*) tar -xpof - ;;
  *) input | tar -xpof - ;;
  esac || fail STAGE "the files cannot be stored in $S"
  cd new || fail STAGE "$S was taken away"
  hashes <"../control/sent.$N"
  [ ! -e "../control/modes.$N" ] || grouped chmod . <"../control/modes.$N" || fail STAGE "modes cannot be set in $S"
  printf 'staged\0'
}
