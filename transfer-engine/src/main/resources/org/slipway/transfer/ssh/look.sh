# A further look in the course of one copy.
lock
fence
exec 9>&-
[ "$fe" -eq "$E" ] || fail FENCED "epoch $fe, $fh"
look
end
