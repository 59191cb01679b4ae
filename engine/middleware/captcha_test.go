package middleware

import (
	"strings"
	"testing"
	"time"
)

func FuzzChallenge(f *testing.F) {
	key := []byte("a key")
	good := challenge{project: 7, endpoint: endpointHash("add"), difficulty: 17, expires: time.Unix(1_800_000_000, 0), nonce: [16]byte{1, 2, 3}}
	signed := good.sign(key)
	for _, seed := range []string{signed, signed + ":42", signed[:20] + ":1", ":", "::", "a:18446744073709551615", signed + ":9007199254740992", signed + ":+1", signed + "=", signed + "\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		text, n, ok := cutSolution(token)
		if !ok {
			text = token
		} else if n >= 1<<53 || !strings.HasPrefix(token, text+":") {
			t.Fatalf("%q is %q and %d", token, text, n)
		}
		c, ours := parseChallenge(key, text)
		if !ours {
			return
		}
		// Nobody can sign without the key, so what passes is what was signed, in its one spelling.
		if c != good || text != signed {
			t.Fatalf("%q is taken for %+v", text, c)
		}
	})
}

func TestChallengesAreBoundToTheirKey(t *testing.T) {
	t.Parallel()
	signed := newChallenge(7, "add", 17, time.Unix(1_800_000_000, 0)).sign([]byte("a key"))
	if c, ours := parseChallenge([]byte("a key"), signed); !ours || c.project != 7 || c.endpoint != endpointHash("add") || c.difficulty != 17 || c.expires.Unix() != 1_800_000_000 {
		t.Errorf("%v %+v", ours, c)
	}
	if _, ours := parseChallenge([]byte("another"), signed); ours {
		t.Error("another key reads it")
	}
	for i := range signed {
		for _, c := range []byte{'A', '-', '='} {
			if changed := signed[:i] + string(c) + signed[i+1:]; changed != signed {
				if _, ours := parseChallenge([]byte("a key"), changed); ours {
					t.Fatalf("changed at %d, it is still ours", i)
				}
			}
		}
	}
}

func FuzzKeySet(f *testing.F) {
	for _, seed := range []string{`{"keys":[]}`, `{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA","kid":"1"}]}`, `{"keys":[{"kty":"oct","k":"AAAA"}]}`, `[]`, `{"keys":null}`,
		`{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`, `{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB","use":"enc"}]}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		keys, err := parseKeySet(body)
		if err != nil {
			return
		}
		for _, key := range keys {
			if _, symmetric := key.Key.([]byte); symmetric || !key.IsPublic() {
				t.Fatalf("%T is taken", key.Key)
			}
		}
	})
}
