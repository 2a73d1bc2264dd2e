// interop make KEY SECRET < cases.json signs every case; interop verify KEY SECRET < tokens checks one token a line.
package main

import (
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 3 && args[0] == "make" {
		return makeTokens(args[1], args[2], os.Stdin, os.Stdout)
	}
	if len(args) == 3 && args[0] == "verify" {
		return verifyTokens(args[1], args[2], os.Stdin, os.Stdout)
	}
	return fmt.Errorf("make KEY SECRET, or verify KEY SECRET")
}
