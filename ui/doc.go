// Package ui serves the pages of the panel at /_/: the first administrator is made there, and it shows what the server holds and how
// to go on. The pages are static files inside the binary; all they know they ask the admin API.
package ui
