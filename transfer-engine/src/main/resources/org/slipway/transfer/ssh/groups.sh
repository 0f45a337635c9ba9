# One command for all names of a directory (mv, ln) or of a mode or time before the first space (chmod, touch), not one for each.
# A mode or time that cannot be set keeps no other from being set; nothing is set through a symbolic link.
L='act=$1 to=$2
shift 2
k=0 n=0 a= g= r=0
run() {
[ $n -gt 0 ] || return 0
case $act in
mv) eval "mv -f -- $a \"\$to/\$g/\"" ;;
ln) mkdir -p -- "$to/$g" && { eval "ln -- $a \"\$to/\$g/\"" 2>/dev/null || eval "cp -pPf -- $a \"\$to/\$g/\""; } ;;
chmod) eval "chmod \"\$g\" $a" || r=1 ;;
touch) eval "touch -c -d \"\$g\" $a" || r=1 ;;
esac || exit 255
n=0 a=
}
for p; do
k=$((k+1))
case $act in mv|ln) q=${p%/*} v="\${$k}" ;; *) q=${p%% *} v="\${$k#* }" ;; esac
[ "$q" = "$g" ] && [ $n -lt 400 ] || { run "$@"; g=$q; }
case $act in
mv) [ -e "$p" ] || [ -L "$p" ] || continue ;;
chmod|touch) [ ! -L "${p#* }" ] || { r=1; continue; } ;;
esac
a="$a \"$v\"" n=$((n+1))
done
run "$@"
exit $r'
grouped() { xargs -0 -r sh -c "$L" sh "$1" "$2"; }
