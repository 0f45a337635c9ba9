# Arguments: project directory, dialect of find. Standard input: './parent' and './/asked' names.
# At the end comes how find fared and what it said on standard error, in the answer itself: that stream may lag behind.
arg "$1"
cd -- "$A" || fail DIRECTORY "the directory $A is missing or may not be entered; look at it, and at projectDirectory in the inventory"
{
  case $2 in
  gnu)
    e=$(input | {
      xargs -0 -r sh -c 'exec find "$@" ! -path ".//*" -prune -printf "p$0" -o -type d "(" ! -readable -o ! -executable ")" -prune -printf "x\0%p\0" -o -type f ! -readable -printf "x\0%p\0" -o -printf "e$0"' '\0%y\0%m\0%s\0%T@\0%U\0%D\0%p\0%l\0' 2>&1 >&4
      printf '%s.' "$?"
    })
    ;;
  *)
    printf 's\0'
    e=$(input | {
      xargs -0 -r sh -c 'exec find "$@" ! -path ".//*" -prune -exec stat -c "p$0" {} + -o -exec stat -c "e$0" {} +' "%f %s %Y %u %d %n//$M%N//$M" 2>&1 >&4
      printf '%s.' "$?"
    })
    printf '.'
    ;;
  esac
} 4>&1
printf 'find\0%s\0' "$e"
end
