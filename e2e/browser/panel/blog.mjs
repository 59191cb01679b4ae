// A blog as people have one: its posts with cover pictures, its readers' comments, and what they asked of it.
import { readFile } from "node:fs/promises";
import { api, apply, SERVER } from "./panel.mjs";

const examples = new URL("../../../examples/comments/", import.meta.url);
const headers = { "Content-Type": "application/json" };

const tables = `tables:
  posts:
    label: Posts
    fields:
      title: {type: text, required: true, max: 120}
      slug: {type: text, required: true, unique: true, pattern: "^[a-z0-9-]+$"}
      cover: {type: file, types: [image/*]}
      published: {type: date}
      words: {type: number, integer: true}
      featured: {type: boolean}
      tags: {type: json}
`;
const endpoints = `endpoints:
  list_posts: {kind: LIST, route: GET /posts, table: posts, sort: -published}
  report_comment:
    kind: UPDATE
    route: POST /comments/{id}/report
    table: comments
    filter: {uid: $params.id}
    set: {status: waiting}
    middlewares: [{cors: {}}, main, {webhook: {url: "http://127.0.0.1:9/moderation", retries: 0, body: {id: $record.uid, text: $record.content}}}]
`;
const posts = [
  ["Hello, world", "hello-world", "2026-03-01", 320, true, ["meta"]],
  ["Moving to a static site", "a-static-site", "2026-03-04", 1480, false, ["web", "performance"]],
  ["Why PostgreSQL", "why-postgres", "2026-03-06", 2150, true, ["databases"]],
  ["数据库视图入门", "views-for-beginners", "2026-03-09", 980, false, ["databases", "中文"]],
];
const cover = (hue) => `<svg xmlns="http://www.w3.org/2000/svg" width="480" height="270"><rect width="480" height="270" fill="hsl(${hue} 45% 82%)"/>
  <circle cx="340" cy="110" r="46" fill="hsl(${hue} 60% 62%)"/><path d="M0 270 150 130 260 220 340 160 480 270z" fill="hsl(${hue} 40% 45%)"/></svg>`;

/** Makes the project blog and lets readers come by. Gives the uid of a comment, and how many requests there were. */
export async function blog() {
  const source = (await readFile(new URL("project.yaml", examples), "utf8")).replace("tables:\n", tables).replace("endpoints:\n", endpoints);
  await apply(source);
  for (const [i, [title, slug, published, words, featured, tags]] of posts.entries()) {
    const stored = await api("POST", `/projects/blog/tables/posts/fields/cover/files?name=${slug}.svg`, cover(i * 80 + 20));
    await api("POST", "/projects/blog/tables/posts/records", { data: { title, slug, published, words, featured, tags, cover: { name: stored.name, sha256: stored.sha256 } } });
  }
  await api("POST", "/projects/blog/tables/comments/import", await readFile(new URL("records.ndjson", examples), "utf8"));
  return { comment: "sample08", requests: await readers() };
}

async function readers() {
  const calls = [];
  const ask = (path, method = "GET", body) => calls.push([path, { method, headers, body: body && JSON.stringify(body) }]);
  for (const [, slug] of posts) for (const sort of ["new", "top", "old"]) ask(`/comments?post=${slug}&sort=${sort}`);
  for (const id of ["sample01", "sample08", "sample14", "sample14"]) ask(`/comments/${id}/like`, "POST");
  ask("/posts");
  ask("/about");
  ask("/comments?sort=newest"); // not one of its values
  ask("/comments/nobody");
  ask("/comments", "POST", { nick: "Robot", post: "hello-world", content: "Cheap pills" }); // without the puzzle's answer
  ask("/comments/sample06/report", "POST");
  ask("/feed.xml");
  for (const [path, init] of calls) await fetch(`${SERVER}/api/blog${path}`, init);
  return calls.length;
}
