package job

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"
)

// Sign gives the header webhook-signature of Standard Webhooks: "v1," and the base64 of HMAC-SHA256 over id, time and body. A key that
// begins with whsec_ is base64; any other is taken as its bytes.
func Sign(key, id string, at time.Time, body string) string {
	bytes := []byte(key)
	if encoded, is := strings.CutPrefix(key, "whsec_"); is {
		if decoded, err := base64.StdEncoding.DecodeString(encoded); err == nil {
			bytes = decoded
		}
	}
	mac := hmac.New(sha256.New, bytes)
	mac.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "." + body))
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
