// Command document prints the OpenAPI document of the admin API: the panel's build makes the types of its client from it.
package main

import (
	"fmt"
	"os"

	"github.com/sayrud/sayrud/engine/rest"
)

func main() {
	document, err := rest.AdminOpenAPI("panel")
	if err == nil {
		_, err = os.Stdout.Write(document)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "print the admin API's document:", err)
		os.Exit(1)
	}
}
