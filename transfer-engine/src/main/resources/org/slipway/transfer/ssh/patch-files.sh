# The files named on standard input came as differences from what the project directory has there, each in pieces: lines with an offset in
# that, or a dash for bytes that follow, and a length. Each is put together, with the mode and time that it came with.
put_together() {
  perl -0 -e '
($p, $c) = @ARGV;
@ARGV = ();
for ($k = 0; defined($f = <STDIN>); $k++) {
chomp $f;
open B, "<", "$p/$f" or die "$f is not there any more\n";
rename $f, "$c/placeholder" and open O, ">", $f or die "$f: $!\n";
for ($i = 0; open D, "<", "$c/$k/$i"; $i++) {
local $/ = "\n";
while (<D>) {
($o, $n) = split;
if ($o eq "-") { $s = *D } else { $s = *B; seek B, $o, 0 or die "$f: $!\n" }
while ($n > 0) {
defined($r = read $s, $d, $n < 1048576 ? $n : 1048576) or die "$f: $!\n";
$r or die "$f has become shorter\n";
print O $d or die "$f: $!\n";
$n -= $r
}
}
unlink "$c/$k/$i"
}
close O and chmod((stat "$c/placeholder")[2] & 07777, $f) or die "$f: $!\n";
system("touch", "-r", "$c/placeholder", $f) and die "$f: its time cannot be set\n"
}' "$P" "../pieces/$N"
}
