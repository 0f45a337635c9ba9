# 77 is how a script ends that has told its end. M frames the answer, I is the length of the input; every record starts with a tag, every field ends with NUL.
M=$1 I=$2
shift 2
umask 077
export LC_ALL=C
PATH=$PATH:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
unset TAR_OPTIONS POSIXLY_CORRECT CDPATH PERL5OPT PERL_UNICODE PERLIO
printf '\0%s\0' "$M"
fail() { printf 'fail\0%s\0%s\0end:%s\0' "$1" "$2" "$M"; exit 77; }
end() { printf 'end:%s\0' "$M"; exit 77; }
# Standard input, of which just so many bytes are ours; what follows belongs to the next script.
input() {
  case $I in
  all) cat ;;
  0) ;;
  *) head -c "$I" ;;
  esac
}
# Decodes an argument into A; the dot keeps newlines at its end.
arg() {
  case $1 in
  *\\*) A=$(printf '%b.' "$1"); A=${A%.} ;;
  *) A=$1 ;;
  esac
}
