// Endpoints: the list, the editor by mouse and by keyboard, two people at once, and the console.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { accessible, api, apply, by, focusStays, panel, quiet, shot, visit } from "./panel.mjs";

const tab = panel({ viewport: { width: 1440, height: 900 } });
const home = "/p/panel_endpoint";
const project = "/projects/panel_endpoint";

before(async () => {
  await apply(`project: panel_endpoint
tables:
  comments:
    label: Comments
    fields:
      post: {type: text, label: Post, required: true, max: 200}
      nick: {type: text, label: Nickname, required: true, max: 64}
      email: {type: email, hidden: true}
      likes: {type: number, integer: true, default: 0}
      status: {type: enum, values: [waiting, approved], default: waiting}
  sites:
    fields:
      name: {type: text, required: true}
endpoints:
  approved:
    kind: LIST
    route: GET /approved
    table: comments
    params: {post: {in: query, required: false}, page: {in: query, type: integer, default: 1, min: 1}}
    filter: {status: approved, post: {"=": $params.post, optional: true}}
    page: {number: $params.page, size: 20, total: true}
    middlewares: [{cors: {}}, {rate_limit: {limit: 60, per: 1m, by: $request.ip}}, main]
  secret:
    route: GET /secret
    middlewares: [{auth: {}}, main]
    response: {body: {who: $auth.email}}
`);
  for (const [nick, status] of [["Ada", "approved"], ["Bob", "approved"], ["Cyd", "waiting"]]) {
    await api("POST", `${project}/tables/comments/records`, { data: { post: "p", nick, status } });
  }
});

const endpoint = async (name) => (await api("GET", `${project}/endpoints/${name}`)).definition;
/** Chooses from one of the panel's selects. */
async function choose(page, id, value) {
  await by(page, id).click();
  await by(page, `${id}-${value}`).click();
  await by(page, `${id}-${value}`).waitFor({ state: "detached" });
}
/** Replaces the text of a code editor. */
async function write(page, id, text) {
  await by(page, id).click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(text);
}
const saved = async (page) => {
  await by(page, "save").click();
  await by(page, "unsaved").waitFor({ state: "detached" });
};

test("the list groups, finds, and puts endpoints on the air and off it", async () => {
  const { page } = tab;
  await visit(page, `${home}/endpoints`);
  await by(page, "endpoint-approved").waitFor();
  await accessible(page);
  await shot(page, "endpoints");
  await by(page, "endpoint-search").fill("secret");
  await by(page, "endpoint-approved").waitFor({ state: "detached" });
  assert.match(page.url(), /q=secret/);
  await by(page, "switch-secret").click();
  await by(page, "toast").first().waitFor();
  assert.equal((await endpoint("secret")).enabled, false);
  await by(page, "switch-secret").click();
  await page.locator('[data-testid="switch-secret"][data-state="checked"]').waitFor();
  quiet(tab);
});

test("the wizard makes five in one step", async () => {
  const { page } = tab;
  await visit(page, `${home}/endpoints?wizard=comments`);
  await by(page, "wizard").waitFor();
  await focusStays(page, by(page, "wizard"), 16);
  await shot(page, "endpoints-wizard");
  await by(page, "wizard-path").fill("/notes");
  await by(page, "wizard-DELETE").click();
  await by(page, "wizard-make").click();
  await by(page, "endpoint-update_comments").waitFor();
  const all = (await api("GET", `${project}/endpoints`)).items.map((e) => `${e.method} ${e.path}`);
  assert.deepEqual(all.filter((e) => e.includes("/notes")), ["GET /notes", "GET /notes/{id}", "POST /notes", "PATCH /notes/{id}"]);
  quiet(tab);
});

test("a new endpoint is a draft, and is published when it is ready", async () => {
  const { page } = tab;
  await visit(page, `${home}/endpoints`);
  await by(page, "new-endpoint").click();
  await choose(page, "new-kind", "VIEW");
  assert.equal(await by(page, "path").inputValue(), "/comments/{id}");
  await by(page, "path").fill("/one/{id}");
  await by(page, "new-name").fill("one");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/endpoints/one**");
  await by(page, "section-basics").waitFor();
  assert.equal((await endpoint("one")).enabled, false);
  await by(page, "label").fill("One comment");
  await by(page, "unsaved").waitFor();
  await by(page, "publish").click();
  await by(page, "publish").waitFor({ state: "detached" });
  assert.deepEqual(await endpoint("one"), { label: "One comment", kind: "VIEW", route: "GET /one/{id}", table: "comments", filter: { uid: "$params.id" } });
  quiet(tab);
});

test("the editor changes what the definition holds, by mouse", async () => {
  const { page } = tab;
  await visit(page, `${home}/endpoints/approved`);
  await by(page, "section-source").waitFor();
  await shot(page, "endpoint");
  await by(page, "anchor-params").click();
  await page.waitForFunction(() => location.hash === "#params");
  await by(page, "param-from-nick").click();
  await by(page, "param-nick-open").click();
  await by(page, "param-nick-max").fill("20");
  await by(page, "param-nick-trim").check();
  await choose(page, "param-nick-in", "query");
  await by(page, "param-add").click();
  await page.locator('[data-param="param"] input').first().fill("since");
  await page.keyboard.press("Tab");
  await choose(page, "param-since-type", "date");
  await by(page, "anchor-order").click();
  await choose(page, "sort-form", "map");
  await by(page, "sort-add").click();
  await choose(page, "page-form", "offset");
  await by(page, "anchor-data").click();
  await by(page, "sources-add").click();
  await by(page, "guard-add").click();
  await choose(page, "guard-0-question", "when");
  await by(page, "guard-0-when").fill("$params.nick === 'root'");
  await by(page, "guard-0-status").fill("403");
  await by(page, "guard-0-message").fill("Not you");
  await shot(page, "endpoint-data");
  await saved(page);
  const now = await endpoint("approved");
  assert.deepEqual(now.params.nick, { in: "query", max: 20, trim: true });
  assert.deepEqual(now.params.since, { type: "date" });
  assert.deepEqual(now.params.sort, { in: "query", type: "text", default: "new", values: ["new", "order"] });
  assert.deepEqual(now.page, { offset: "$params.offset", limit: "$params.limit", total: true });
  assert.deepEqual(now.sort, { by: "$params.sort", allow: { new: "-created_at", order: "-created_at" } });
  assert.deepEqual(now.guards, [{ when: "=$params.nick === 'root'", status: 403, message: "Not you" }]);
  assert.equal(now.filter.status, "approved");
  quiet(tab);
});

test("by keyboard alone: sections, fields, undo, save, and the console", async () => {
  const { page } = tab;
  await visit(page, `${home}/endpoints/one`);
  await by(page, "anchor-basics").focus();
  for (let i = 0; i < 7; i++) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => location.hash === "#docs");
  await by(page, "section-docs").getByTestId("help").focus();
  await page.keyboard.insertText("Shows one");
  await by(page, "unsaved").waitFor();
  await by(page, "anchor-docs").focus();
  await page.keyboard.press("Control+z");
  await by(page, "unsaved").waitFor({ state: "detached" });
  await page.keyboard.press("Control+y");
  await page.keyboard.press("Control+s");
  await by(page, "unsaved").waitFor({ state: "detached" });
  assert.equal((await endpoint("one")).help, "Shows one");
  // The console begins with a real record; without the path's parameter it asks for it.
  await page.keyboard.press("Control+Enter");
  await by(page, "trial-status").getByText("200").waitFor();
  assert.match(await by(page, "trial-body").innerText(), /"nick": "/);
  const uid = await by(page, "trial-value-id").inputValue();
  await by(page, "trial-value-id").fill("");
  await by(page, "anchor-docs").focus();
  await page.keyboard.press("Control+Enter");
  await page.waitForFunction(() => document.activeElement?.dataset.testid === "trial-value-id");
  await page.keyboard.type(uid);
  await page.keyboard.press("Enter");
  await by(page, "trial-status").getByText("200").waitFor();
  await by(page, "trial-tab-body").focus();
  await page.keyboard.press("End");
  await by(page, "trace-main").waitFor();
  await accessible(page);
  await shot(page, "endpoint-trial");
  quiet(tab);
});

test("a link can lead to the console", async () => {
  const { page } = tab;
  await visit(page, `${home}/endpoints/one?try=1`);
  await page.waitForFunction(() => document.activeElement?.dataset.testid === "trial-send");
  await page.waitForFunction(() => !location.search.includes("try"));
  await page.keyboard.press("Enter");
  await by(page, "trial-status").getByText("200").waitFor();
  quiet(tab);
});

test("parameters move by keys and can be written as text", async () => {
  const { page } = tab;
  await visit(page, `${home}/endpoints/approved#params`);
  await page.locator('[data-param="since"] [data-part="handle"]').focus();
  await page.keyboard.press("Alt+ArrowUp");
  await page.waitForFunction(() => document.activeElement?.closest("[data-param]")?.dataset.param === "since");
  await by(page, "params-bulk").click();
  const text = await by(page, "params-text").inputValue();
  assert.ok(text.indexOf("since") < text.indexOf("nick"), text);
  await by(page, "params-text").fill(`${text}\nnothing at all`);
  await page.getByRole("alert").first().waitFor();
  await by(page, "params-text").fill(`${text}\nlang* in:header {"as":"Accept-Language"}`);
  await by(page, "params-bulk").click();
  await by(page, "param-lang").waitFor();
  await saved(page);
  const names = Object.keys((await endpoint("approved")).params);
  assert.ok(names.indexOf("since") < names.indexOf("nick"), names.join());
  assert.deepEqual((await endpoint("approved")).params.lang, { in: "header", as: "Accept-Language", required: true });
  quiet(tab);
});

test("what the server refuses stands at its section", async () => {
  const { page } = tab;
  await visit(page, `${home}/endpoints/one#filter`);
  await write(page, "source", JSON.stringify({ ...await endpoint("one"), filter: { uid: "$params.id", statu: "approved" } }));
  await by(page, "save").click();
  await by(page, "section-filter").getByRole("alert").getByText(/statu/).first().waitFor();
  await by(page, "anchor-filter").getByText("1").waitFor();
  tab.complaints.splice(0, tab.complaints.length, ...tab.complaints.filter((c) => !/status of 400/.test(c)));
  await write(page, "source", JSON.stringify(await endpoint("one")));
  await by(page, "unsaved").waitFor({ state: "detached" });
  quiet(tab);
});

test("two people: disjoint changes are joined, others are compared", async () => {
  const { page } = tab;
  await visit(page, `${home}/endpoints/one`);
  await by(page, "label").fill("Mine");
  const put = async (change) => api("PUT", `${project}/endpoints/one`, { definition: { ...await endpoint("one"), ...change } });
  await put({ help: "Theirs" });
  await by(page, "save").click();
  await by(page, "conflict").waitFor();
  await focusStays(page, by(page, "conflict"), 12);
  await shot(page, "endpoint-conflict");
  await by(page, "conflict-both").click();
  await saved(page);
  assert.deepEqual([(await endpoint("one")).label, (await endpoint("one")).help], ["Mine", "Theirs"]);
  await by(page, "label").fill("Mine again");
  await put({ label: "Theirs" });
  await by(page, "save").click();
  await by(page, "conflict").waitFor();
  assert.equal(await by(page, "conflict-both").count(), 0);
  await by(page, "conflict-theirs").click();
  await by(page, "unsaved").waitFor({ state: "detached" });
  assert.equal(await by(page, "label").inputValue(), "Theirs");
  // Another endpoint's change is no conflict of this one.
  await by(page, "label").fill("Last");
  await api("PUT", `${project}/endpoints/secret`, { definition: { ...await endpoint("secret"), help: "x" } });
  await saved(page);
  tab.complaints.splice(0, tab.complaints.length, ...tab.complaints.filter((c) => !/status of 409/.test(c)));
  quiet(tab);
});

test("an earlier version is compared, taken and saved again", async () => {
  const { page } = tab;
  await visit(page, `${home}/endpoints/one#versions`);
  const { items } = await api("GET", `${project}/endpoints/one/versions`);
  const first = items.at(-1);
  assert.ok(items.length > 2 && first.definition.label !== "Last");
  if (items.length > 5) await by(page, "version-all").click();
  const row = by(page, `version-${first.revision}`);
  await by(row, "version-compare").click();
  await row.locator(".line.out, .line.in").first().waitFor();
  await shot(page, "endpoint-versions");
  await by(row, "version-take").click();
  await by(page, "unsaved").waitFor();
  assert.equal((await endpoint("one")).label, "Last");
  await saved(page);
  assert.deepEqual(await endpoint("one"), first.definition);
  assert.equal((await api("GET", `${project}/endpoints/one/versions`)).items.length, items.length + 1);
  quiet(tab);
});

test("the console rolls back, asks as somebody, and really runs when told to", async () => {
  const { page } = tab;
  await visit(page, `${home}/endpoints/create_comments`);
  await by(page, "trial-value-post").fill("p");
  await by(page, "trial-value-nick").fill("Dee");
  await by(page, "trial-send").click();
  await by(page, "trial-status").getByText("201").waitFor();
  const count = async () => (await api("POST", `${project}/tables/comments/try/filter`, { filter: { nick: "Dee" } })).total;
  assert.equal(await count(), 0);
  await by(page, "trial-real").click();
  await by(page, "trial-send").click();
  await by(page, "trial-tab-trace").waitFor({ state: "detached" });
  await by(page, "trial-status").getByText("201").waitFor();
  assert.equal(await count(), 1);
  await by(page, "snippets").click();
  await by(page, "snippet-text").getByText(/--data-raw/).waitFor();
  await by(page, "trial-history").click();
  await by(page, "trial-history-0").click();
  await visit(page, `${home}/endpoints/secret`);
  await by(page, "trial-send").click();
  await by(page, "trial-status").getByText("401").waitFor();
  await by(page, "trial-tab-trace").click();
  await by(page, "trace-auth").getByText(/.+/).first().waitFor();
  await choose(page, "trial-auth", "me");
  await by(page, "trial-send").click();
  await by(page, "trial-status").getByText("200").waitFor();
  await by(page, "trial-tab-body").click();
  assert.match(await by(page, "trial-body").innerText(), /owner@example\.org/);
  quiet(tab);
});
