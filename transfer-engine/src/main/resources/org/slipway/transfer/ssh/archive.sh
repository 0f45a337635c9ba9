# Further arguments: backup file, how many earlier ones to keep, its compressor (cat, gzip or zstd).
arg "$8"
F=$A keep=$9
shift 9
c=$1
B=${F%/*}
[ -n "$B" ] || B=/
R=$F.partial-$G
J=$W/archive
[ -d "$B" ] && [ -w "$B" ] && [ -x "$B" ] || fail DIRECTORY "the backup directory $B is missing or cannot be written by this user; make it and give it to that user"
[ ! -d "$F" ] || fail DIRECTORY "the backup file $F is a directory; name a file in it"
raise
case "$(cd -- "$B" && pwd -P)/" in "$(cd -- "$P" && pwd -P)/"*) fail DIRECTORY "the backup file $F lies inside the project directory and would hold itself; name one outside" ;; esac
rm -f -- "$F".partial-* "$J".*
exec 9>&-
cd -- "$P" || fail DIRECTORY "the project directory $P may not be entered"
count() {
  case $D in
  gnu) find . ! -type s -print0 | tr -dc '\0' | wc -c ;;
  *) find . ! -type s | wc -l ;;
  esac
}
d=$(du -sk . 2>/dev/null)
d=${d%%[!0-9]*}
f=$(stat -f -c '%a %S' "$B")
have=$((${f% *} * ${f#* } / 1024))
need=$d
[ "$c" = cat ] || if [ -f "$F" ]; then need=$(($(stat -c %s "$F") / 1024 * 11 / 10)); else need=$((d / 3)); fi
[ "$need" -le "$have" ] || fail ROOM "$((need * 1024)) $((have * 1024))"
b=$(count 2>/dev/null)
printf 'size\0%s\0' "$((d * 1024))"
# Whoever reads us is gone when nothing can be told any more: then the work ends too.
trap '' PIPE
t= z=
ticker() {
  while sleep 1 >/dev/null 2>&1; do
    printf 'tick\0%s\0' "$(stat -c %s "$R" 2>/dev/null || echo 0)" 2>/dev/null || { kill $t $z; exit; }
  done
}
tick() { ticker & k=$!; }
tock() { kill "$k" 2>/dev/null; wait "$k" 2>/dev/null; }
gone() { rm -f -- "$R" "$J".*; fail "$@"; }
o=
case $D in gnu) o='--format=posix --pax-option=delete=atime,delete=ctime' ;; esac
if [ "$c" = cat ]; then
  tar $o -cf "$R" . &
  t=$!
else
  mkfifo "$J.fifo" || fail DIRECTORY "$J.fifo cannot be made"
  tar $o -cf - . >"$J.fifo" &
  t=$!
  "$c" -c <"$J.fifo" >"$R" &
  z=$!
fi
tick
wait "$t"
x=$?
y=0
[ -z "$z" ] || { wait "$z"; y=$?; }
tock
t= z=
case $D$x in gnu1) x=0 ;; esac
[ "$x" = 0 ] && [ "$y" = 0 ] || gone ARCHIVE "the project directory cannot be archived in full"
chmod 0600 "$R"
sync "$R" 2>/dev/null || sync
tick
case $T in openssl) h=$(openssl dgst -sha256 -r <"$R") ;; *) h=$(sha256sum <"$R") ;; esac
unpack() { case $c in cat) cat <"$R" ;; *) "$c" -dc <"$R" ;; esac; }
e=$({ unpack || : >"$J.bad"; } | { tar -tf - || : >"$J.bad"; cat >/dev/null; } | wc -l)
a=$(count 2>/dev/null)
tock
s=$(stat -c %s "$R")
[ ! -e "$J.bad" ] || gone ARCHIVE "the archive cannot be read back"
lo=$b hi=$a
[ "$lo" -le "$hi" ] || lo=$a hi=$b
[ "$e" -ge "$lo" ] && [ "$e" -le "$hi" ] || gone ARCHIVE "the archive holds $((e)) entries, the project directory $((b)) before and $((a)) after"
printf 'verified\0'
read -r go && [ "$go" = go ] || { rm -f -- "$R" "$J".*; exit 0; }
lock
fence
[ "$fe" -eq "$E" ] || gone FENCED "epoch $fe, $fh"
i=$keep
while [ "$i" -gt 1 ]; do
  j=$((i - 1))
  [ ! -e "$F.$j" ] || mv -f -- "$F.$j" "$F.$i"
  i=$j
done
[ "$keep" -lt 1 ] || [ ! -e "$F" ] || ln -f -- "$F" "$F.1" || cp -p -- "$F" "$F.1" || gone ARCHIVE "the earlier backup cannot be kept as $F.1"
mv -f -- "$R" "$F" || gone ARCHIVE "$F cannot be replaced"
sync -f "$B" 2>/dev/null || sync
rm -f -- "$J".*
printf 'done\0%s\0%s\0%s\0' "$s" "${h%% *}" "$((e))"
end
