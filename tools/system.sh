#!/bin/sh
# Installs the Debian packages that the tests need, where they are missing.
set -eu
missing=""
need() { # need FILE PACKAGE
  [ -e "$1" ] || missing="$missing $2"
}
need /usr/bin/chromium chromium
need /usr/lib/postgresql/15/bin/postgres postgresql-15
need /usr/bin/psql postgresql-client
need /usr/bin/gcc gcc
need /usr/bin/fusermount3 fuse3
need /usr/bin/getfattr attr
need /usr/bin/jq jq
need /usr/bin/vim vim
need /usr/bin/nano nano
need /usr/bin/rsync rsync
need /usr/bin/hugo hugo
# A device file that no udev has made is closed to ordinary users.
[ ! -e /dev/fuse ] || [ "$(stat -c %a /dev/fuse)" = 666 ] || [ "$(id -u)" -ne 0 ] || chmod 666 /dev/fuse
[ -n "$missing" ] || exit 0
line="apt-get update && apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" -ne 0 ]; then
  echo "The tests need:$missing. Install them once with" >&2
  echo "  sudo sh -c '$line'" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
sh -c "$line" >/tmp/sayrud-system.log 2>&1 || { tail -n 20 /tmp/sayrud-system.log >&2; exit 1; }
