package main

import (
	"path/filepath"
	"strings"
)

// helperName is the name under which mount(8) starts the program for a line of /etc/fstab of the type sayrud:
//
//	blog  /srv/blog  sayrud  data=/var/lib/sayrud,allow_other  0 0
//
// "all" in place of the project is all projects. A link /sbin/mount.sayrud to the program is all that is to be installed.
const helperName = "mount.sayrud"

// forFstab gives the arguments of `mount` for those of a mount helper (mount(8), "EXTERNAL HELPERS"); others are given back as they are.
func forFstab(program string, args []string) ([]string, error) {
	if filepath.Base(program) != helperName {
		return args, nil
	}
	var places []string
	options := ""
	for i := 0; i < len(args); i++ {
		switch arg := args[i]; {
		case arg == "-o" && i+1 < len(args):
			i++
			options = args[i]
		case arg == "-t" || arg == "-N":
			i++ // the type, a namespace
		case strings.HasPrefix(arg, "-"): // -s, -f, -n and -v say nothing here
		default:
			places = append(places, arg)
		}
	}
	if len(places) != 2 {
		return nil, usagef("%s wants PROJECT DIRECTORY [-o OPTIONS]", helperName)
	}
	flags := []string{"mount", "--background"}
	if places[0] != "all" {
		flags = append(flags, "--project", places[0])
	}
	for option := range strings.SplitSeq(options, ",") {
		more, err := fstabOption(option)
		if err != nil {
			return nil, err
		}
		flags = append(flags, more...)
	}
	return append(flags, places[1]), nil
}

// fstabOption translates one option. Those that mount(8) itself acts on are passed over.
func fstabOption(option string) ([]string, error) {
	name, value, given := strings.Cut(option, "=")
	switch {
	case option == "ro":
		return []string{"--read-only"}, nil
	case option == "allow_other":
		return []string{"--allow-other"}, nil
	case option == "hidden":
		return []string{"--hidden"}, nil
	case strings.HasPrefix(option, "x-"), strings.HasPrefix(option, "comment="):
		return nil, nil
	}
	switch name {
	case "data", "database-url", "storage", "secret-key-file", "as", "uid", "gid", "umask", "log-file", "log-level":
		if given {
			return []string{"--" + name, value}, nil
		}
	case "", "rw", "defaults", "auto", "noauto", "nofail", "_netdev", "user", "nouser", "users", "exec", "noexec", "suid", "nosuid", "dev", "nodev", "async", "relatime", "noatime":
		return nil, nil
	}
	return nil, usagef("%s does not know the option %q; see sayrud mount --help", helperName, option)
}
