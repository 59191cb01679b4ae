// Package ui is the panel at /_/: a Vue application (src), built by Vite into dist, which the binary holds. All it knows it asks the admin
// API, with types made from that API's OpenAPI document. A binary that was built without it says so in its place.
package ui
