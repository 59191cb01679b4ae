//go:build unix

package pg

import (
	"maps"
	"slices"
	"strings"
)

// initialSettings go to the end of a new cluster's postgresql.conf, where its owner may change them.
// Source: https://www.postgresql.org/docs/current/runtime-config.html.
const initialSettings = `
# What follows was added by sayrud when it made this database; change it as you like.
max_connections = 200
shared_buffers = 192MB
max_locks_per_transaction = 256     # a table of sayrud is a partition; one statement may touch many
random_page_cost = 1.1
jit = off
max_wal_size = 2GB
checkpoint_timeout = 15min
wal_compression = on
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] '
log_min_messages = log              # no refused statements: they hold what users wrote
log_checkpoints = off
log_statement = none
`

// fixedSettings are given on the command line, over every file: what the supervisor relies on.
func fixedSettings(socketDir string, more map[string]string) []string {
	settings := map[string]string{
		"listen_addresses":        "",
		"port":                    socketPort,
		"unix_socket_directories": `"` + strings.ReplaceAll(socketDir, `"`, `""`) + `"`,
		"unix_socket_permissions": "0777", // the directory is 0700
		"logging_collector":       "off",
		"log_destination":         "stderr",
		"ssl":                     "off",
		"restart_after_crash":     "on",
	}
	maps.Copy(settings, more)
	var args []string
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		args = append(args, "-c", name+"="+settings[name])
	}
	return args
}
