package engine

// A Schema is an immutable snapshot of all definitions. It is swapped whole; values in it are shared between snapshots where they
// did not change, so pointers can be compared to see what did.
type Schema struct {
	Projects map[string]*Project
}

// Project gives the project named name, or nil.
func (s *Schema) Project(name string) *Project {
	if s == nil {
		return nil
	}
	return s.Projects[name]
}
