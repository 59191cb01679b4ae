package pg

import "embed"

// archiveFiles holds this platform's PostgreSQL programs when the build had them (see repack).
//
//go:embed all:archive/linux_arm64
var archiveFiles embed.FS

const archiveDir = "archive/linux_arm64"
