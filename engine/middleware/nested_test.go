package middleware

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNested(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, query, want string }{
		{"nothing", "b=1&ab[x]=2", ""},
		{"plain alone", "a=1", ""},
		{"object", "a[value]=x&a[regex]=false&b[c]=1", `{"value":"x","regex":"false"}`},
		{"array", "a[1][d]=desc&a[0][d]=asc", `[{"d":"asc"},{"d":"desc"}]`},
		{"items", "a[]=x&a[]=y", `["x","y"]`},
		{"not from zero", "a[1]=x", `{"1":"x"}`},
		{"with a gap", "a[0]=x&a[2]=y", `{"0":"x","2":"y"}`},
		{"no plain number", "a[00]=x&a[1]=y", `{"00":"x","1":"y"}`},
		{"twice takes the last", "a[x]=1&a[x]=2", `{"x":"2"}`},
		{"quotes", "a[\"]=\"", `{"\"":"\""}`},
		{"prototype", "a[__proto__][x]=1", `{"__proto__":{"x":"1"}}`},
		{"deep", "a[b][c][d][e][f][g][h][i]=1", `{"b":{"c":{"d":{"e":{"f":{"g":{"h":{"i":"1"}}}}}}}}`},
		{"too deep", "a[b][c][d][e][f][g][h][i][j]=1", "refused"},
		{"open", "a[b=1", "refused"},
		{"behind", "a[b]c=1", "refused"},
		{"text and object", "a[b]=1&a[b][c]=2", "refused"},
		{"object and text", "a[b][c]=2&a[b]=1", "refused"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			pairs, ok := parsePairs(nil, test.query)
			if !ok {
				t.Fatal("the query is broken")
			}
			got, ok := Nested(pairs, "a")
			if !ok {
				got = []byte("refused")
			}
			if diff := cmp.Diff(test.want, string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzNested(f *testing.F) {
	f.Add("a[0][b]=1&a[1][b]=2&a[]=3")
	f.Add("a[b][]=%22&a[b][]=%00")
	f.Fuzz(func(t *testing.T, query string) {
		pairs, ok := parsePairs(nil, query)
		if !ok {
			return
		}
		if v, ok := Nested(pairs, "a"); ok && v != nil && !json.Valid(v) {
			t.Errorf("%q gives %s", query, v)
		}
	})
}
