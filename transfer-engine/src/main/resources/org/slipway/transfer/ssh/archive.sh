# Further arguments: backup file, how many earlier ones to keep, its compressor (cat, gzip or zstd).
arg "$1"
F=$A keep=$2 c=$3
B=${F%/*}
[ -n "$B" ] || B=/
R=$F.partial-$G
J=$W/archive.$G
[ -d "$B" ] && [ -w "$B" ] && [ -x "$B" ] || {
  # What the system says of it tells a file system that is read-only.
  [ ! -d "$B" ] || { mkdir -- "$B/.slipway.$G" && rmdir -- "$B/.slipway.$G"; }
  fail DIRECTORY "the backup directory $B is missing or cannot be written by this user; make it and give it to that user"
}
[ ! -d "$F" ] || fail DIRECTORY "the backup file $F is a directory; name a file in it"
raise
case "$(cd -- "$B" && pwd -P)/" in "$(cd -- "$P" && pwd -P)/"*) fail DIRECTORY "the backup file $F lies inside the project directory and would hold itself; name one outside" ;; esac
rm -f -- "$F".partial-* "$W"/archive.*
exec 9>&-
cd -- "$P" || fail DIRECTORY "the project directory $P may not be entered"
d=$(du -sk . 2>/dev/null)
d=${d%%[!0-9]*}
f=$(stat -f -c '%a %S' "$B")
have=$((${f% *} * ${f#* } / 1024))
need=$d
[ "$c" = cat ] || if [ -f "$F" ]; then need=$(($(stat -c %s "$F") / 1024 * 11 / 10)); else need=$((d / 3)); fi
[ "$need" -le "$have" ] || fail ROOM "$((need * 1024)) $((have * 1024))"
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
case $O in gnu-tar) o='--format=posix --pax-option=delete=atime,delete=ctime' ;; esac
if [ "$c" = cat ]; then
  tar $o -cvf "$R" . >"$J.list" &
  t=$!
else
  mkfifo "$J.fifo" || fail DIRECTORY "$J.fifo cannot be made"
  tar $o -cvf "$J.fifo" . >"$J.list" &
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
case $O$x in gnu-tar1) x=0 ;; esac
[ "$x" = 0 ] && [ "$y" = 0 ] || gone ARCHIVE "the project directory cannot be archived in full"
chmod 0600 "$R"
sync "$R" 2>/dev/null || sync
printf 'written\0'
tick
case $T in openssl) h=$(openssl dgst -sha256 -r <"$R") ;; *) h=$(sha256sum <"$R") ;; esac
unpack() { case $c in cat) cat <"$R" ;; *) "$c" -dc <"$R" ;; esac; }
e=$({ unpack || : >"$J.bad"; } | { tar -tf - || : >"$J.bad"; cat >/dev/null; } | wc -l)
tock
s=$(stat -c %s "$R")
[ ! -e "$J.bad" ] || gone ARCHIVE "the archive cannot be read back"
# tar lists the same names in the same way when it writes and when it reads, whatever happened in the directory meanwhile.
b=$(wc -l <"$J.list")
[ "$e" -gt 0 ] && [ "$e" -eq "$b" ] || gone ARCHIVE "the archive holds $((e)) entries, where $((b)) were written"
printf 'verified\0'
read -r go && [ "$go" = go ] || { rm -f -- "$R" "$J".*; exit 0; }
lock
fence
[ "$fe" -eq "$E" ] || gone FENCED "epoch $fe, $fh"
i=$keep
# One that was cut off after it had kept the earlier backup: that is there already.
[ ! -e "$F.1" ] || [ "$(stat -c %d:%i "$F" 2>/dev/null)" != "$(stat -c %d:%i "$F.1")" ] || i=0
[ "$i" -gt 0 ] || keep=0
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
