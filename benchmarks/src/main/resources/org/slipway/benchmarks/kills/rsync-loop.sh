#!/bin/sh
# rsync -a to one server after the other.
# SOURCE: the directory to copy. SERVERS: words host:directory. RSYNC_RSH: how to get there.
set -e

for server in $SERVERS; do
  rsync -a "$SOURCE/" "$server/"
done
