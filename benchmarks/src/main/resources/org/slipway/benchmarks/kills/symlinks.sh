#!/bin/sh
# A directory for each release and a link that is switched, with a lock, as Deployer does it:
#   symlinks.sh deploy
#   symlinks.sh unlock
# SOURCE: the directory to copy. SERVERS: words host:directory. RSYNC_RSH: how to get there.
set -e

at() {
  $RSYNC_RSH -n "${1%%:*}" "set -e; cd ${1#*:}; $2"
}

unlock() {
  for server in $SERVERS; do
    at "$server" 'rm -f .dep/deploy.lock'
  done
}

if [ "$1" = unlock ]; then
  unlock
  exit
fi

for server in $SERVERS; do
  at "$server" 'mkdir -p .dep releases
    if [ -f .dep/deploy.lock ]; then
      echo "Deploy locked by $(cat .dep/deploy.lock). Execute \"unlock\" to unlock."
      exit 1
    fi
    id -un > .dep/deploy.lock'
done
# Whatever fails from here on, the lock goes with it.
trap unlock EXIT

last=$(at "${SERVERS%% *}" 'ls releases | sort -n | tail -n 1')
release=$((${last:-0} + 1))

for server in $SERVERS; do
  rsync -a "$SOURCE/" "$server/releases/$release/"
done
for server in $SERVERS; do
  at "$server" "ln -sfn releases/$release release; mv -fT release current"
done
# Three releases are kept.
for server in $SERVERS; do
  at "$server" 'cd releases; ls | sort -n | head -n -3 | xargs -r rm -rf'
done
