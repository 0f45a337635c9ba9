# The files named on standard input came as differences from what the project directory has there: lines with an offset in that, or a dash
# for bytes that follow, and a length. Each is made whole, with the mode and time that it came with.
patch() {
  perl -0 -e '
$p = shift;
while (defined($f = <STDIN>)) {
chomp $f;
rename $f, "../patch" and open D, "<", "../patch" and open B, "<", "$p/$f" and open O, ">", $f or die "$f: $!\n";
{
local $/ = "\n";
while (<D>) {
($o, $n) = split;
if ($o eq "-") { $s = *D } else { $s = *B; seek B, $o, 0 or die "$f: $!\n" }
while ($n > 0) {
$r = read $s, $d, $n < 1048576 ? $n : 1048576 or die "$f has become shorter\n";
print O $d or die "$f: $!\n";
$n -= $r
}
}
}
close O and chmod((stat D)[2] & 07777, $f) or die "$f: $!\n";
system("touch", "-r", "../patch", $f) and die "$f: its time cannot be set\n"
}' "$P"
}
