# Directories that their owner may not look into are opened for the length of a copy.
raise
cd -- "$P" || fail DIRECTORY "the project directory $P may not be entered"
input | xargs -0 -r chmod u+rwx || fail DIRECTORY "a directory's mode cannot be changed"
end
