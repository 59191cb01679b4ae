#!/bin/sh
# Runs the tests of the blob stores against a second S3 server, MinIO, which is built from its module into a temporary directory.
set -eu
cd "$(dirname "$0")/../.."
dir=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; rm -rf "$dir"' EXIT
server=
(cd "$dir" && go mod init second >/dev/null 2>&1 && go get github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c && CGO_ENABLED=0 go build -o minio github.com/minio/minio)
export AWS_ACCESS_KEY_ID=sayrud-tests AWS_SECRET_ACCESS_KEY=sayrud-tests-secret
mkdir -p "$dir/data/tests"
MINIO_ROOT_USER=$AWS_ACCESS_KEY_ID MINIO_ROOT_PASSWORD=$AWS_SECRET_ACCESS_KEY "$dir/minio" server "$dir/data" --address 127.0.0.1:9199 --console-address 127.0.0.1:9198 >"$dir/log" 2>&1 &
server=$!
until grep -q "API:" "$dir/log"; do kill -0 "$server"; sleep 0.2; done
SAYRUD_TEST_STORAGE="s3://tests/data?endpoint=http://127.0.0.1:9199" go test -count 1 -v ./storage/blob
