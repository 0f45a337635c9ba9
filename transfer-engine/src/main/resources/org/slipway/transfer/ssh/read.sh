# Arguments: directory, how the answer is packed. The contents of the files named on standard input, one behind the other; their
# sizes are known to the reader.
arg "$1"
cd -- "$A" || fail DIRECTORY "the directory $A is missing or may not be entered; look at it, and at projectDirectory in the inventory"
printf 'c\0'
case $2 in
zstd)
  { input | xargs -0 -r cat; printf 'end:%s\0' "$M"; } | zstd -1 -c
  exit 77
  ;;
esac
input | xargs -0 -r cat
end
