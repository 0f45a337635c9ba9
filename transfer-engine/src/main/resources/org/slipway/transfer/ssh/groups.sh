# One command for all names of a directory (mv, ln) or of a mode or time before the first space (chmod, touch), not one for each.
Z='act=$1 to=$2
shift 2
k=0 n=0 a= g=
run() {
[ $n -gt 0 ] || return 0
case $act in
mv) eval "mv -f -- $a \"\$to/\$g/\"" ;;
ln) mkdir -p -- "$to/$g" && { eval "ln -- $a \"\$to/\$g/\"" 2>/dev/null || eval "cp -pPf -- $a \"\$to/\$g/\""; } ;;
chmod) eval "chmod \"\$g\" $a" ;;
touch) eval "touch -c -d \"\$g\" $a" ;;
esac || exit 255
n=0 a=
}
for p; do
k=$((k+1))
case $act in mv|ln) q=${p%/*} v="\${$k}" ;; *) q=${p%% *} v="\${$k#* }" ;; esac
[ "$q" = "$g" ] && [ $n -lt 400 ] || { run "$@"; g=$q; }
[ $act != mv ] || [ -e "$p" ] || [ -L "$p" ] || continue
a="$a \"$v\"" n=$((n+1))
done
run "$@"'
grouped() { xargs -0 -r sh -c "$Z" sh "$1" "$2" <"$3"; }
