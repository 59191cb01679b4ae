package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // formats that are read
	"image/jpeg"
	"image/png"
	"io"
	"strconv"
	"strings"

	"github.com/kovidgoyal/imaging"
	_ "golang.org/x/image/webp"

	"github.com/sayrud/sayrud/storage/blob"
)

// The bounds of thumbnails.
const (
	maxThumbSide   = 2048     // pixels, of the thumbnail
	maxPixels      = 50 << 20 // of the image
	maxImageBytes  = 64 << 20 // of the image's file
	maxThumbs      = 2        // made at the same time; others wait
	maxKeptThumbs  = 32       // of one image; further sizes are made anew each time
	thumbQuality   = 82       // of JPEG
	thumbSideWords = "give width and height such as ?thumb=320x320, each 1 to 2048; 0 follows the other"
)

// ErrNoThumb says that there is no thumbnail of a file: it is no image, or one too large.
var ErrNoThumb = errors.New("the file is no image that can be made smaller")

// A ThumbSize is the query of a thumbnail.
type ThumbSize struct {
	Width, Height int
	Crop          bool // fill the box and cut what stands out; else fit into it
}

// ParseThumb reads ?thumb=320x320 and ?fit=crop or contain (crop where absent); the error is a sentence.
func ParseThumb(thumb, fit string) (ThumbSize, error) {
	w, h, found := strings.Cut(thumb, "x")
	width, wErr := strconv.Atoi(w)
	height, hErr := strconv.Atoi(h)
	if !found || wErr != nil || hErr != nil || width < 0 || height < 0 || width+height == 0 || width > maxThumbSide || height > maxThumbSide {
		return ThumbSize{}, errors.New(thumbSideWords)
	}
	switch fit {
	case "", "crop":
		return ThumbSize{width, height, width > 0 && height > 0}, nil
	case "contain":
		return ThumbSize{width, height, false}, nil
	}
	return ThumbSize{}, errors.New("fit is crop or contain")
}

func (s ThumbSize) name(extension string) string {
	way := "contain"
	if s.Crop {
		way = "crop"
	}
	return strconv.Itoa(s.Width) + "x" + strconv.Itoa(s.Height) + "-" + way + extension
}

// Thumb gives the thumbnail of an image, from the store or made now, and its media type: JPEG of a JPEG, else PNG. An image smaller than
// the box is not made larger.
func (f *Files) Thumb(ctx context.Context, found *Found, size ThumbSize) ([]byte, string, error) {
	mediaType, extension := "image/png", ".png"
	switch found.Type {
	case "image/jpeg":
		mediaType, extension = found.Type, ".jpg"
	case "image/png", "image/gif", "image/webp":
	default:
		return nil, "", ErrNoThumb
	}
	if found.Size > maxImageBytes {
		return nil, "", ErrNoThumb
	}
	key := thumbPrefix(found.Object) + size.name(extension)
	kept, err := f.read(ctx, key)
	if !errors.Is(err, blob.ErrNotFound) {
		return kept, mediaType, err
	}
	select {
	case f.thumb <- struct{}{}:
		defer func() { <-f.thumb }()
	case <-ctx.Done():
		return nil, "", ctx.Err()
	}
	if kept, err = f.read(ctx, key); !errors.Is(err, blob.ErrNotFound) { // somebody else has made it meanwhile
		return kept, mediaType, err
	}
	content, err := f.read(ctx, found.Object)
	if err != nil {
		return nil, "", fmt.Errorf("read the image: %w", err)
	}
	small, err := shrink(content, size, mediaType)
	if err != nil {
		return nil, "", err
	}
	f.keep(ctx, found.Object, key, small)
	return small, mediaType, nil
}

func (f *Files) read(ctx context.Context, key string) ([]byte, error) {
	r, err := f.store.Get(ctx, key, 0, -1)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(r)
	return content, errors.Join(err, r.Close())
}

const countThumb = `
UPDATE public.sl_blobs
SET thumbs = thumbs + 1
WHERE object = $1 AND thumbs < $2`

// keep stores a thumbnail where there is room for one more.
func (f *Files) keep(ctx context.Context, object, key string, content []byte) {
	tag, err := f.db.Pool().Exec(ctx, countThumb, object, maxKeptThumbs)
	if err == nil && tag.RowsAffected() == 1 {
		_, err = f.store.Put(ctx, key, bytes.NewReader(content), int64(len(content)))
	}
	if err != nil {
		f.log.Warn("a thumbnail is not kept", "object", object, "error", err)
	}
}

// shrink decodes an image, turns it the way its EXIF says, and makes it smaller.
func shrink(content []byte, size ThumbSize, mediaType string) ([]byte, error) {
	config, _, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil || int64(config.Width)*int64(config.Height) > maxPixels {
		return nil, ErrNoThumb
	}
	decoded, err := imaging.Decode(bytes.NewReader(content), imaging.AutoOrientation(true))
	if err != nil {
		return nil, ErrNoThumb
	}
	small := size.apply(decoded)
	var out bytes.Buffer
	if mediaType == "image/jpeg" {
		err = jpeg.Encode(&out, small, &jpeg.Options{Quality: thumbQuality})
	} else {
		err = png.Encode(&out, small)
	}
	return out.Bytes(), err
}

func (s ThumbSize) apply(m image.Image) image.Image {
	b := m.Bounds()
	switch {
	case s.Crop:
		w, h := s.Width, s.Height
		if w > b.Dx() || h > b.Dy() { // never larger: the box shrinks with its shape
			scale := min(float64(b.Dx())/float64(w), float64(b.Dy())/float64(h))
			w, h = max(int(float64(w)*scale), 1), max(int(float64(h)*scale), 1)
		}
		return imaging.Fill(m, w, h, imaging.Center, imaging.Lanczos)
	case s.Width == 0:
		return imaging.Resize(m, 0, min(s.Height, b.Dy()), imaging.Lanczos)
	case s.Height == 0:
		return imaging.Resize(m, min(s.Width, b.Dx()), 0, imaging.Lanczos)
	}
	return imaging.Fit(m, s.Width, s.Height, imaging.Lanczos)
}
