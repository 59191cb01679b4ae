// Package mounted knows which mounts are live, on every machine: each is a row with a heartbeat, which goes when the mount ends. One that
// was killed is forgotten when its heart has not beaten for [patience].
package mounted
