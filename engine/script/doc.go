// Package script runs administrators' JavaScript within bounds.
package script
