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
look
end
