# Runs scripts one after another; where one ends without a word, its caller is told at once. A request is a line: our mark, the script's name, 1 where its text follows as a line because it is
# new here, its arguments. Lines are read by the shell itself, which takes not a byte more; head of BusyBox would.
while read -r k s n a; do
  [ "$k" = "$M" ] || exit 1
  if [ "$n" = 1 ]; then
    IFS= read -r t
    eval "T_$s=\$(printf %b \"\$t\")"
  fi
  (
    set -f
    set -- $a
    set +f
    eval "eval \"\$T_$s\""
  )
  [ $? = 77 ] || printf 'fail\0ENDED\0%s\0end:%s\0' "the script '$s' ended before its time" "${a%% *}"
done
