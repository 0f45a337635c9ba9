# The contents of the files named on standard input, one behind the other; their sizes are known to the reader.
arg "$1"
cd -- "$A" || fail DIRECTORY "the directory $A is missing or may not be entered"
printf 'c\0'
input | xargs -0 -r cat
end
