// The page that describes a project's endpoints to whoever calls them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, api, apply, by, panel, quiet, SERVER, shot, visit } from "./panel.mjs";

const tab = panel();
const project = `project: docs_panel
tables:
  comments:
    fields: {post: {type: text, label: "Post & <b>page</b>", required: true, max: 200}, likes: {type: number, integer: true}}
endpoints:
  list: {kind: LIST, route: GET /comments, table: comments, params: {post: {in: query}, page: {in: query, type: integer, default: 1, min: 1}}, filter: {post: $params.post}, page: {number: $params.page, size: 20}}
  add: {kind: CREATE, route: POST /comments, table: comments, params: {post: {}}, middlewares: [{auth: {}}, main]}
`;

test("endpoints are described with labels, rules, samples and errors", async () => {
  const { page } = tab;
  await apply(project);
  await visit(page, "/p/docs_panel/docs");
  const list = by(page, "operation-list");
  await list.getByText("Post & <b>page</b>").first().waitFor();
  await list.getByText("1–200 ch").or(list.getByText("≤ 200 ch")).first().waitFor();
  await list.getByText(/curl 'http.*\/api\/docs_panel\/comments\?post=/).waitFor();
  await by(page, "operation-add").getByText("Authorization: Bearer TOKEN").waitFor();
  await page.locator("#errors").getByText("rate_limited").waitFor();
  await accessible(page);
  await shot(page, "docs");
  await by(page, "sample-add-fetch").click();
  await by(page, "operation-add").getByText("await fetch(").waitFor();
  quiet(tab);
});

test("a search narrows the page; public is a switch", async () => {
  const { page } = tab;
  await by(page, "search").fill("post /comments");
  await page.waitForURL(/q=/);
  await by(page, "operation-add").waitFor();
  await by(page, "search").fill("GET page");
  await by(page, "operation-add").waitFor({ state: "detached" });
  await by(page, "public").click();
  await page.getByTestId("toast").waitFor();
  assert.equal((await api("GET", "/projects/docs_panel")).public, true);
  assert.equal((await fetch(`${SERVER}/api/docs_panel/openapi.json`)).status, 200);
  await page.setViewportSize({ width: 420, height: 900 });
  await accessible(page);
  await shot(page, "docs-narrow");
  quiet(tab);
});
