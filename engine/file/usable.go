package file

import (
	"context"

	"github.com/sayrud/sayrud/storage/blob"
)

// Usable writes, reads and deletes a small object in the store.
func (f *Files) Usable(ctx context.Context) error { return blob.Check(ctx, f.store) }
