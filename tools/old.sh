#!/bin/sh
# Runs the tests of the packages that speak to PostgreSQL once more, on the server whose programs are in $SAYRUD_POSTGRES_BIN.
set -eu
cd "$(dirname "$0")/.."
packages=$(grep -rl 'storage/pg/pgtest"' --include='*_test.go' engine storage | xargs -n1 dirname | sort -u | sed 's,^,./,')
# shellcheck disable=SC2086 # one word a package
exec go test -timeout 30m $packages
