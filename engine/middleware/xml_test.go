package middleware

import (
	"errors"
	"strings"
	"testing"

	"github.com/sayrud/sayrud/engine/raw"
)

func TestXML(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, xml, want string }{
		{"a callback", "<xml>\n <ToUserName><![CDATA[gh_<1>]]></ToUserName>\n <CreateTime>1348831860</CreateTime>\n</xml>", `{"ToUserName":"gh_<1>","CreateTime":"1348831860"}`},
		{"a text", `<x> a "b" </x>`, `" a \"b\" "`},
		{"empty elements", `<x><a/><b></b></x>`, `{"a":"","b":""}`},
		{"attributes", `<x id="1"><a href="?a&amp;b">t</a></x>`, `{"@id":"1","a":{"@href":"?a&b","#text":"t"}}`},
		{"one name several times", `<x><a>1</a><b/><a><c>2</c></a></x>`, `{"a":["1",{"c":"2"}],"b":""}`},
		{"text between", `<x>a<b/>c</x>`, `{"#text":"ac","b":""}`},
		{"name spaces", `<s:Envelope xmlns:s="urn:s" xmlns="urn:x" s:a="1" b="2"><s:Body><Get id="3"/></s:Body></s:Envelope>`, `{"@a":"1","@b":"2","Body":{"Get":{"@id":"3"}}}`},
		{"one attribute of two name spaces", `<x xmlns:a="a" xmlns:b="b" a:i="1" b:i="2"/>`, `{"@i":"1"}`},
		{"comments and instructions", `<?xml version="1.0"?><!-- c --><x><?php x?><a><!-- c -->1</a></x><!-- c -->`, `{"a":"1"}`},
		{"document type", `<!DOCTYPE x><x/>`, "a document type is not allowed"},
		{"entity", `<x>&nbsp;</x>`, "invalid character entity &nbsp;"},
		{"encoding", `<?xml version="1.0" encoding="GBK"?><x/>`, "encoding"},
		{"not closed", `<x><a></x>`, "element <a> closed by </x>"},
		{"not ended", `<x>`, "unexpected EOF"},
		{"two", `<x/><y/>`, "there are two root elements"},
		{"none", `<!-- x -->`, "there is no element"},
		{"deep", strings.Repeat("<a>", 65), "too deep"},
		{"many", `<x>` + strings.Repeat("<a/>", 10_001) + `</x>`, "too many elements"},
		{"NUL", "<x>\x00</x>", "illegal character"},
	} {
		q := &Request{}
		err := q.readXML([]byte(test.xml))
		var broken *BodyError
		switch {
		case errors.As(err, &broken):
			if reason, _ := broken.Args[0].(string); !strings.Contains(reason, test.want) {
				t.Errorf("%s: %v", test.name, broken.Args)
			}
		case string(q.input.json) != test.want:
			t.Errorf("%s: %s, want %s", test.name, q.input.json, test.want)
		}
	}
}

func FuzzXML(f *testing.F) {
	for _, seed := range []string{"<x/>", `<x a="1">t<b>1</b><b/></x>`, "<x><![CDATA[<]]></x>", "<a:b xmlns:a='c' a:d=''/>", "<!DOCTYPE x>", "<x>&lt;&#0;</x>", "<x", "<x></y>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q := &Request{}
		if q.readXML([]byte(text)) != nil {
			return
		}
		if _, err := raw.Valid(q.input.json, raw.Limits{Depth: 200}); err != nil {
			t.Errorf("%q gives %s: %v", text, q.input.json, err)
		}
	})
}
