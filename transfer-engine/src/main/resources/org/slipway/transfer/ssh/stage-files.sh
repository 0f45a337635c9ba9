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
# One load of the release into the staging directory: the lists of its part, what is new, and at the end the names of its files.
stage() {
  case $N in
  *[!0]*) ;;
  *) [ ! -e "$S" ] && mkdir -p -- "$S/new" || fail DIRECTORY "$S cannot be made" ;;
  esac
  [ -d "$S/new" ] && cd -- "$S" || fail STAGE "$S was taken away"
  printf 'ready\0'
  unpack || fail STAGE "the files cannot be stored in $S"
  cd new || fail STAGE "$S was taken away"
  hashes <"../control/sent.$N"
  [ ! -e "../control/modes.$N" ] || grouped chmod . <"../control/modes.$N" || fail STAGE "modes cannot be set in $S"
  printf 'staged\0'
}
