package script

func Rename(source, root, old, now string) (string, bool) { return source, false }
