# What is at the names on standard input, nothing below them.
stats() {
  case $D in
  gnu) xargs -0 -r sh -c 'exec find "$@" -maxdepth 0 -printf "$0"' 'e\0%y\0%m\0%s\0%T@\0%U\0%D\0%p\0%l\0' 2>/dev/null ;;
  *)
    printf 's\0'
    xargs -0 -r sh -c 'exec find "$@" -maxdepth 0 -exec stat -c "$0" {} +' "e%f %s %Y %u %d %n//$M%N//$M" 2>/dev/null
    printf '.'
    ;;
  esac
}
