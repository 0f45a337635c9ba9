raise
u=
for d in "$W"/staging/*; do
  [ -d "$d" ] || continue
  if [ -e "$d/publishing" ]; then u=${d##*/}; else trash "$d" || fail DIRECTORY "$d cannot be removed"; fi
done
sweep
if [ -n "$u" ]; then
  input >/dev/null
  printf 'unsettled\0%s\0' "$u"
  end
fi
cd -- "$P" || fail DIRECTORY "the project directory $P may not be entered"
printf 'room\0%s\0' "$(stat -f -c '%a %S %d %c' "$W")"
printf 'devices\0%s\0' "$(stat -c %d "$W")"
input | stats
end
