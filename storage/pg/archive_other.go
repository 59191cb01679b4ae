//go:build unix && !((linux || darwin) && (amd64 || arm64))

package pg

import "embed"

// No archive is made for this platform: PostgreSQL comes from the machine.
var archiveFiles embed.FS

const archiveDir = "archive"
