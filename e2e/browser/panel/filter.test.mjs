// The forms of a filter that the builder writes are forms that the server takes, and both find the same records.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { api, apply } from "./panel.mjs";

const project = "filters_e2e";
const records = [];

before(async () => {
  await apply(`
project: ${project}
tables:
  comments:
    fields:
      post: {type: text}
      parent: {type: reference, to: comments, display: nick}
      nick: {type: text}
      likes: {type: number}
      status: {type: enum, values: [waiting, approved, spam]}
      data: {type: json}
`);
  for (let i = 0; i < 12; i++) {
    const data = { post: i % 2 ? "/a" : "/b", nick: `it's ${i}`, likes: i, status: ["waiting", "approved", "spam"][i % 3], data: { a: i }, ...(i % 4 === 3 && { parent: records[0].uid }) };
    records.push(await api("POST", `/projects/${project}/tables/comments/records`, { data }));
  }
});

const count = async (filter) => (await api("POST", `/projects/${project}/tables/comments/try/filter`, { filter })).total;
const field = (v) => ({ t: "FIELD", v });
const literal = (v) => ({ t: "LITERAL", v });
const compare = (t, l, r) => ({ t, l: field(l), r: literal(r) });

test("each comparison as the tree says it", async () => {
  const cases = [
    [compare("=", "post", "'/a'"), 6],
    [compare("<>", "status", "'spam'"), 8],
    [compare(">=", "likes", 10), 2],
    [compare("=", "nick", "'it\\'s 3'"), 1],
    [compare("IN", "status", ["spam", "waiting"]), 8],
    [{ t: "NOT", v: compare("IN", "status", ["spam"]) }, 8],
    [compare("BETWEEN", "likes", [2, 4]), 3],
    [{ t: "IS_NULL", v: field("parent") }, 9],
    [{ t: "NOT", v: { t: "IS_NULL", v: field("parent") } }, 3],
    [compare("STARTS_WITH", "parent.nick", "'it'"), 3],
    [compare("=", "data.a", 5), 1],
    [{ t: "SEARCH", l: [field("nick"), field("post")], r: literal("'it a'") }, 6],
    [{ t: "=", l: field("likes"), r: field("likes") }, 12],
  ];
  for (const [filter, want] of cases) assert.equal(await count(filter), want, JSON.stringify(filter));
});

test("connectives written with l and r, with v, inside one another", async () => {
  const a = compare("=", "post", "'/a'");
  const b = compare(">", "likes", 5);
  const c = compare("=", "status", "'spam'");
  assert.equal(await count({ t: "AND", l: a, r: b }), 3);
  assert.equal(await count({ t: "OR", v: [a, b, c] }), await count({ OR: [{ post: "/a" }, { likes: { ">": 5 } }, { status: "spam" }] }));
  assert.equal(await count({ t: "NOT", v: { t: "AND", l: a, r: { t: "OR", v: [b] } } }), 9);
});
