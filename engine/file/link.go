package file

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/template"
)

// A link is "/files/<project>/<table>/<uid>/<field>/<first 16 digits of the SHA-256>/<name>"; one that is signed goes on
// "?e=<last second>&s=<signature>". The signature is over the path without the name and the last second, so a link opens one content of
// one record, and no longer when the record holds another.
const (
	// Prefix begins every link.
	Prefix = "/files/"
	// hashDigits is how much of the SHA-256 stands in a link.
	hashDigits = 16
	// LinkTime is how long a signed link lasts at least; at most twice as long. Links made within the same hour are the same, so that
	// caches find what they hold.
	LinkTime = time.Hour
	// signatureBytes is how much of the HMAC stands in a link: 128 bits.
	signatureBytes = 16
)

// AppendURL appends the link of a stored file as a JSON string. It implements template.Links.
func (f *Files) AppendURL(dst raw.Value, field *template.FileField, uid string, file raw.Value) raw.Value {
	hash, _ := file.Get("sha256").Text()
	name, _ := file.Get("name").Text()
	if len(hash) < hashDigits {
		return append(dst, raw.NullValue...)
	}
	link := Prefix + field.Project + "/" + field.Table + "/" + uid + "/" + field.Name + "/" + hash[:hashDigits]
	last := ""
	if !field.Public {
		until := time.Now().Truncate(LinkTime).Add(2 * LinkTime).Unix()
		last = "?e=" + strconv.FormatInt(until, 10) + "&s=" + f.sign(link, until)
	}
	return raw.AppendString(dst, link+"/"+url.PathEscape(name)+last)
}

func (f *Files) sign(path string, until int64) string {
	mac := hmac.New(sha256.New, f.key)
	mac.Write([]byte(path + "\n" + strconv.FormatInt(until, 10)))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:signatureBytes])
}

// An Address is a link taken apart.
type Address struct {
	Project, Table, UID, Field string
	Hash                       string // the first digits of the SHA-256
	Signed                     bool   // by this installation, and not over
	Until                      time.Time
}

// ParseLink takes a link apart, absolute or not; false where it is none.
func (f *Files) ParseLink(link string) (a Address, ok bool) {
	u, err := url.Parse(link)
	if err != nil {
		return a, false
	}
	rest, ok := strings.CutPrefix(u.EscapedPath(), Prefix)
	parts := strings.Split(rest, "/")
	if !ok || len(parts) != 6 {
		return a, false
	}
	a = Address{Project: parts[0], Table: parts[1], UID: parts[2], Field: parts[3], Hash: parts[4]}
	if len(a.Hash) != hashDigits || strings.Trim(a.Hash, "0123456789abcdef") != "" {
		return a, false
	}
	q := u.Query()
	until, err := strconv.ParseInt(q.Get("e"), 10, 64)
	if err != nil {
		return a, true
	}
	path := Prefix + strings.Join(parts[:5], "/")
	a.Until = time.Unix(until, 0)
	a.Signed = hmac.Equal([]byte(q.Get("s")), []byte(f.sign(path, until))) && time.Now().Before(a.Until)
	return a, true
}
