# Arguments: directory, tool.
arg "$1"
T=$2
cd -- "$A" || fail DIRECTORY "the directory $A is missing or may not be entered; look at it, and at projectDirectory in the inventory"
printf 'h\0'
input | sums
printf '\0'
end
