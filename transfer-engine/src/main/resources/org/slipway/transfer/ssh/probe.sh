has() { command -v "$1" >/dev/null 2>&1 && printf '%s\0' "has:$1"; }
for t in tar find stat xargs mv ln mkdir rm sha256sum openssl flock df head cat touch chmod sync gzip zstd mkfifo du wc tr cp perl; do has "$t"; done
find / -maxdepth 0 -printf '' 2>/dev/null && printf 'find-printf\0'
case $(tar --version 2>/dev/null) in *GNU*) printf 'gnu-tar\0' ;; esac
case $(cp --version 2>/dev/null) in *GNU*) printf 'gnu-cp\0' ;; esac
printf 'uid:%s\0' "$(id -u)"
[ "$(nproc 2>/dev/null)" -gt 1 ] 2>/dev/null && printf 'processors\0'
end
