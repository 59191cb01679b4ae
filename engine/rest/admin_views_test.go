package rest

import (
	"testing"

	"github.com/sayrud/sayrud/engine/auth"
)

func TestSavedViews(t *testing.T) {
	t.Parallel()
	d := open(t, blog)
	viewer, editor := d.token("blog", auth.Viewer), d.token("blog", auth.Editor)
	const views = "/_/api/projects/blog/tables/comments/views"
	for _, s := range []scenario{
		{name: "save", method: "PUT", path: views + "/spam%20only", headers: editor, body: `{"shared":true,"filter":{"status":"spam"},"sort":["-likes"],"columns":{"hidden":["ip"]}}`,
			status: 200, want: []string{`"name":"spam only"`, `"author":"token `}},
		{name: "others see it", path: views, headers: viewer, status: 200, want: []string{`"spam only"`, `{"status":"spam"}`, `"-likes"`, `"hidden":["ip"]`, `"problem":""`}},
		{name: "a viewer shares none", method: "PUT", path: views + "/mine", headers: viewer, body: `{"shared":true}`, status: 403},
		{name: "but keeps his own", method: "PUT", path: views + "/mine", headers: viewer, body: `{"filter":{"likes":{">":3}}}`, status: 200},
		{name: "which he sees", path: views, headers: viewer, status: 200, want: []string{`"mine"`}},
		{name: "and nobody else", path: views, headers: editor, status: 200, lacks: []string{`"mine"`}},
		{name: "nor drops", method: "DELETE", path: views + "/mine", headers: editor, status: 404},
		{name: "no hidden fields for a viewer", method: "PUT", path: views + "/x", headers: viewer, body: `{"filter":{"email":"a@b.org"}}`, status: 400},
		{name: "a filter of nothing", method: "PUT", path: views + "/x", headers: editor, body: `{"filter":{"nope":1}}`, status: 400, want: []string{"nope"}},
		{name: "a sort of nothing", method: "PUT", path: views + "/x", headers: editor, body: `{"sort":["nope"]}`, status: 400},
		{name: "a name with a slash", method: "PUT", path: views + "/a%2Fb", headers: editor, body: `{}`, status: 400},
		{name: "a hidden file", method: "PUT", path: views + "/.x", headers: editor, body: `{}`, status: 400},
		{name: "saved again", method: "PUT", path: views + "/spam%20only", headers: editor, body: `{"shared":true,"filter":{}}`, status: 200, want: []string{`"filter":null`}},
		{name: "renamed", method: "PATCH", path: views + "/spam%20only", headers: editor, body: `{"shared":true,"name":"垃圾评论"}`, status: 204},
		{name: "by its new name", path: views, headers: viewer, status: 200, want: []string{`"垃圾评论"`}, lacks: []string{`"spam only"`}},
		{name: "a viewer drops no shared one", method: "DELETE", path: views + "/%E5%9E%83%E5%9C%BE%E8%AF%84%E8%AE%BA?shared=true", headers: viewer, status: 403},
		{name: "dropped", method: "DELETE", path: views + "/%E5%9E%83%E5%9C%BE%E8%AF%84%E8%AE%BA?shared=true", headers: editor, status: 204},
		{name: "gone", method: "DELETE", path: views + "/%E5%9E%83%E5%9C%BE%E8%AF%84%E8%AE%BA?shared=true", headers: editor, status: 404},
		{name: "with columns, and through a reference", method: "PUT", path: views + "/wide", headers: editor,
			body: `{"shared":true,"filter":{"AND":[{"likes":3},{"parent.likes":4}]},"sort":["-likes","status"],"columns":{"order":["likes","status"],"widths":{"likes":90,"order":1},"hidden":["ip"]}}`, status: 200},
		{name: "of a field that goes", method: "PUT", path: views + "/gone", headers: editor, body: `{"shared":true,"filter":{"ip":"::1"}}`, status: 200},
		{name: "a field is renamed", method: "PATCH", path: "/_/api/projects/blog/tables/comments/fields/likes", headers: d.token("", auth.Owner), body: `{"name":"votes"}`, status: 200},
		{name: "the private view follows", path: views, headers: viewer, status: 200, want: []string{`{"votes":{"`}, lacks: []string{"likes"}},
		{name: "so does the shared one", path: views, headers: editor, status: 200, lacks: []string{"likes"},
			want: []string{`{"AND":[{"votes":3},{"parent.votes":4}]}`, `"sort":["-votes","status"]`, `{"order":["votes","status"],"widths":{"votes":90,"order":1},"hidden":["ip"]}`}},
		{name: "a field goes", method: "DELETE", path: "/_/api/projects/blog/tables/comments/fields/ip?yes=true", headers: d.token("", auth.Owner), status: 200},
		{name: "the view tells", path: views, headers: editor, status: 200, want: []string{`"problem":"filter.ip`}},
	} {
		s.name = "views: " + s.name
		d.check(s)
	}
}
