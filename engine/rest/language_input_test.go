package rest

import (
	"strings"
	"testing"
)

const sent = `
project: i
timezone: Asia/Shanghai
tables:
  authors: {fields: {slug: {type: text, unique: true, max: 40}, no: {type: number, integer: true, unique: true}}}
  posts: {fields: {title: {type: text, label: Title, max: 20}, at: {type: datetime}, on: {type: boolean}, author: {type: reference, to: authors, display: slug}, editors: {type: references, to: authors}}}
endpoints:
  author: {kind: CREATE, route: POST /authors, table: authors, params: {slug: {}, no: {}}, response: {body: {id: $record.id, uid: $record.uid}}}
  nested:
    route: POST /nested
    params: {title: {as: data.title, required: true}, column: {as: "order[0][column]", type: integer}, search: {as: "search[value]"}, ids: {list: true, type: integer}, tags: {as: "data.tags", list: true}}
    response: {body: {t: $params.title, c: $params.column, s: $params.search, i: $params.ids, g: $params.tags}}
  table:
    route: GET /table
    params: {search: {as: "search[value]"}, column: {as: "order[0][column]", type: integer}, order: {type: json}, range: {type: json}, filter: {type: json}, ids: {list: true, type: integer}, some: {split: ","}}
    response: {body: {s: $params.search, c: $params.column, d: "$params.order[0].dir", r: "$params.range[0]", q: $params.filter.q, i: $params.ids, n: $params.some}}
  whole: {route: POST /whole, params: {all: {as: $, type: json}}, response: {body: {all: $params.all, first: "$params.all[0]", body: $request.body}}}
  scalar: {route: POST /scalar, params: {n: {as: $, type: integer, required: true, max: 9}}, response: {body: $params.n}}
  list: {route: POST /list, params: {ids: {as: $, type: integer, list: true}}, response: {body: $params.ids}}
  text: {route: POST /text, params: {said: {as: $, max: 10}}, response: {body: "${$params.said}!"}}
  times: {route: GET /times, params: {s: {type: datetime, format: epoch}, ms: {type: datetime, format: epoch_ms}, iso: {type: datetime}, on: {type: boolean}}, response: {body: {s: $params.s, ms: $params.ms, iso: $params.iso, on: $params.on}}}
  post: {kind: CREATE, route: POST /posts, table: posts, params: {title: {trim: true}, at: {format: epoch}, on: {}, author: {}, editors: {}}}
  by_id: {kind: CREATE, route: POST /by-id, table: posts, params: {title: {}, author: {by: id, as: author.id}, editors: {by: id}}}
  by_slug: {kind: CREATE, route: POST /by-slug, table: posts, params: {title: {}, author: {by: slug, required: true, message: "Who is ${$value}?"}}}
  of: {kind: LIST, route: "GET /authors/{author}/posts", table: posts, params: {author: {by: no}}, filter: {author: $params.author}, response: {body: [{$each: $records, t: $record.title}]}}
  mine: {route: GET /mine, params: {theme: {in: cookie}, lang: {in: header, as: X-Lang, values: [en, zh]}}, response: {body: {t: $params.theme, l: $params.lang}}}
`

func TestLanguageInputs(t *testing.T) {
	t.Parallel()
	d := open(t, sent)
	made := d.do(scenario{method: "POST", path: "/api/i/authors", body: `{"slug":"ann","no":7}`}).Body.String()
	_, id, _ := strings.Cut(made, `"id":`)
	id, _, _ = strings.Cut(id, ",")
	_, uid, _ := strings.Cut(made, `"uid":"`)
	uid, _, _ = strings.Cut(uid, `"`)
	const beacon, xml, none = "Content-Type: text/plain;charset=UTF-8", "Content-Type: text/xml", "Content-Type: "
	boundary := "Content-Type: multipart/form-data; boundary=b"
	multipart := "--b\r\nContent-Disposition: form-data; name=\"data[title]\"\r\n\r\nx\r\n--b\r\nContent-Disposition: form-data; name=\"ids[]\"\r\n\r\n4\r\n--b--\r\n"
	ann := `{"u":"` + uid + `","v":"ann"}`
	d.checkAll("inputs", []scenario{
		{name: "nested JSON", method: "POST", path: "/api/i/nested", body: `{"data":{"title":"x","tags":["a"]},"order":[{"column":3}],"search":{"value":"q"},"ids":[1,"2"]}`, status: 200, want: []string{`{"t":"x","c":3,"s":"q","i":[1,2],"g":["a"]}`}},
		{name: "flat JSON", method: "POST", path: "/api/i/nested", body: `{"data.title":"x","search[value]":"q","ids":5}`, status: 200, want: []string{`{"t":"x","c":null,"s":"q","i":[5],"g":null}`}},
		{name: "form with brackets", method: "POST", path: "/api/i/nested", body: `data[title]=x&order[0][column]=3&search[value]=q&ids[]=1&ids[]=2&data[tags][]=a&data[tags][]=b`, status: 200, want: []string{`{"t":"x","c":3,"s":"q","i":[1,2],"g":["a","b"]}`}},
		{name: "form with dots and numbers", method: "POST", path: "/api/i/nested", body: `data.title=x&search.value=q&ids[3]=1&ids[7]=2`, status: 200, want: []string{`{"t":"x","c":null,"s":"q","i":[1,2]`}},
		{name: "multipart", method: "POST", path: "/api/i/nested", headers: boundary, body: multipart, status: 200, want: []string{`{"t":"x","c":null,"s":null,"i":[4]`}},
		{name: "XML", method: "POST", path: "/api/i/nested", headers: xml, body: `<r><data><title>x &amp; y</title><tags>a</tags></data><order><column>3</column></order><ids>1</ids><ids>2</ids></r>`, status: 200, want: []string{`{"t":"x & y","c":null,"s":null,"i":[1,2],"g":["a"]}`}},
		{name: "beacon", method: "POST", path: "/api/i/nested", headers: beacon, body: `{"data":{"title":"x"}}`, status: 200, want: []string{`{"t":"x"`}},
		{name: "no type", method: "POST", path: "/api/i/nested", headers: none, body: `{"data":{"title":"x"}}`, status: 200, want: []string{`{"t":"x"`}},
		{name: "nothing", method: "POST", path: "/api/i/nested", headers: none, status: 400, want: []string{`"param":"title"`, "title is required."}},
		{name: "a text is no object", method: "POST", path: "/api/i/nested", headers: beacon, body: `hello`, status: 400, want: []string{"The body must be a JSON object."}},
		{name: "broken XML", method: "POST", path: "/api/i/nested", headers: xml, body: `<r><a></r>`, status: 400, want: []string{"The body is not valid XML"}},
		{name: "entities", method: "POST", path: "/api/i/nested", headers: xml, body: `<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><r>&a;</r>`, status: 400, want: []string{"a document type is not allowed"}},
		{name: "bytes", method: "POST", path: "/api/i/nested", headers: "Content-Type: application/octet-stream", body: `x`, status: 415, want: []string{"The body must be JSON, a form, XML or text."}},
		{name: "malformed type", method: "POST", path: "/api/i/nested", headers: "Content-Type: ;;=", body: `x`, status: 415},
		{name: "bad nested value", method: "POST", path: "/api/i/nested", body: `{"data":{"title":"x"},"order":[{"column":"z"}]}`, status: 400, want: []string{`"param":"column"`}},
		{name: "query", path: "/api/i/table?search%5Bvalue%5D=q&order[0][column]=2&order[0][dir]=asc&range=[0,24]&filter=%7B%22q%22:%22x%22%7D&ids[]=1&ids[]=2&some=a,b&some=c", status: 200, want: []string{`{"s":"q","c":2,"d":"asc","r":0,"q":"x","i":[1,2],"n":["a","b","c"]}`}},
		{name: "repeated keys", path: "/api/i/table?ids=1&ids=2&filter[q]=x&range[]=5", status: 200, want: []string{`"r":"5","q":"x","i":[1,2]`}},
		{name: "broken JSON", path: "/api/i/table?filter={", status: 400, want: []string{"filter must be JSON."}},
		{name: "whole object", method: "POST", path: "/api/i/whole", body: `{"a":1}`, status: 200, want: []string{`{"all":{"a":1},"first":null,"body":{"a":1}}`}},
		{name: "whole list", method: "POST", path: "/api/i/whole", body: `[1,[2]]`, status: 200, want: []string{`{"all":[1,[2]],"first":1,"body":[1,[2]]}`}},
		{name: "whole form", method: "POST", path: "/api/i/whole", body: `a=1&a=2`, status: 200, want: []string{`{"all":{"a":["1","2"]}`}},
		{name: "whole XML", method: "POST", path: "/api/i/whole", headers: xml, body: `<r id="1"><a/></r>`, status: 200, want: []string{`{"all":{"@id":"1","a":""}`}},
		{name: "whole nothing", method: "POST", path: "/api/i/whole", status: 200, want: []string{`{"all":null,"first":null,"body":null}`}},
		{name: "scalar", method: "POST", path: "/api/i/scalar", headers: "Content-Type: application/json", body: `7`, status: 200, want: []string{"\n7"}},
		{name: "scalar as text", method: "POST", path: "/api/i/scalar", headers: beacon, body: `7`, status: 200, want: []string{"\n7"}},
		{name: "scalar beyond its rules", method: "POST", path: "/api/i/scalar", headers: beacon, body: `10`, status: 400, want: []string{"n must be at most 9."}},
		{name: "no scalar", method: "POST", path: "/api/i/scalar", status: 400, want: []string{"n is required."}},
		{name: "list", method: "POST", path: "/api/i/list", body: `[1,2]`, status: 200, want: []string{"\n[1,2]"}},
		{name: "text", method: "POST", path: "/api/i/text", headers: beacon, body: ` hi `, status: 200, want: []string{"\n hi !"}},
		{name: "long text", method: "POST", path: "/api/i/text", headers: beacon, body: `hello there`, status: 400},
		{name: "seconds", path: "/api/i/times?s=1763875680&ms=1763875680123&iso=2025-11-23T13:28:00&on=on", status: 200, want: []string{`{"s":"2025-11-23T05:28:00.000Z","ms":"2025-11-23T05:28:00.123Z","iso":"2025-11-23T05:28:00.000Z","on":true}`}},
		{name: "parts of a second, and other forms", path: "/api/i/times?s=1.5&ms=5&iso=1763875680123&on=0", status: 200, want: []string{`{"s":"1970-01-01T00:00:01.500Z","ms":"1970-01-01T00:00:00.005Z","iso":"2025-11-23T05:28:00.123Z","on":false}`}},
		{name: "ISO where numbers are seconds", path: "/api/i/times?s=2025-11-23T05:28:00Z&on=True", status: 200, want: []string{`{"s":"2025-11-23T05:28:00.000Z","ms":null,"iso":null,"on":true}`}},
		{name: "no time", path: "/api/i/times?s=soon&ms=1e400", status: 400, want: []string{`"param":"s"`, `"param":"ms"`}},
		{name: "a field's time in seconds", method: "POST", path: "/api/i/posts", body: `{"at":1763875680,"on":1}`, status: 201, want: []string{`"at":"2025-11-23T05:28:00.000Z","on":true`}},
		{name: "reference by uid", method: "POST", path: "/api/i/posts", body: `{"author":{"uid":"` + uid + `"},"editors":[{"id":"` + uid + `"}]}`, status: 201, want: []string{`"author":` + ann, `"editors":["` + uid + `"]`}},
		{name: "reference by id", method: "POST", path: "/api/i/by-id", body: `{"author":{"id":` + id + `},"editors":[` + id + `,{"id":"` + id + `"}]}`, status: 201, want: []string{`"author":` + ann, `"editors":["` + uid + `"]`}},
		{name: "reference by id, in a form", method: "POST", path: "/api/i/by-id", body: `author[id]=` + id + `&editors[]=` + id, status: 201, want: []string{`"author":` + ann, `"editors":["` + uid + `"]`}},
		{name: "no such id", method: "POST", path: "/api/i/by-id", body: `{"author":{"id":99999},"editors":[99998]}`, status: 400, want: []string{`"param":"author"`, `"param":"editors"`, `"code":"reference"`}},
		{name: "no id", method: "POST", path: "/api/i/by-id", body: `{"author":{"id":"x"}}`, status: 400, want: []string{`"param":"author"`, `"code":"type"`}},
		{name: "reference by a unique field", method: "POST", path: "/api/i/by-slug", body: `{"title":"t","author":"ann"}`, status: 201, want: []string{`"author":` + ann}},
		{name: "the message of the parameter", method: "POST", path: "/api/i/by-slug", body: `{"author":"bob"}`, status: 400, want: []string{`"message":"Who is bob?"`}},
		{name: "no reference", method: "POST", path: "/api/i/by-slug", body: `{"title":"t"}`, status: 400, want: []string{`"code":"required"`}},
		{name: "a filter by it", path: "/api/i/authors/7/posts", status: 200, want: []string{`[{"t":"t"},`}},
		{name: "a filter by nobody", path: "/api/i/authors/8/posts", status: 404, want: []string{`"code":"not_found"`}},
		{name: "cookie and header", path: "/api/i/mine", headers: "Cookie: a=1; theme=a%3Bb; theme2=x\nX-Lang: zh", status: 200, want: []string{`{"t":"a;b","l":"zh"}`}},
		{name: "header outside its values", path: "/api/i/mine", headers: "X-Lang: fr", status: 400, want: []string{`"param":"lang"`}},
	})
}
