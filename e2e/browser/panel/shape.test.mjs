// The answer's template in the endpoint's editor: as a tree and as text, by pointer and by keys, beside the answer that it gives for a real record.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { api, apply, by, panel, quiet, SERVER, settled, shot, visit } from "./panel.mjs";

const tab = panel({ viewport: { width: 1600, height: 1000 } });
const path = "/p/panel_shape/endpoints/notes#response";
const definition = async () => (await api("GET", "/projects/panel_shape/endpoints/notes")).definition;
const shape = () => by(tab.page, "shape");
const live = () => shape().getByTestId("shape-live");
/** The row of a member, by its name. */
const member = (name) => shape().locator("[data-node]").filter({ has: tab.page.locator(`:scope > .shape-node > .line input[title="${name}"]`) });

before(async () => {
  await apply(`project: panel_shape
tables:
  notes:
    fields:
      title: {type: text, required: true}
      words: {type: number}
endpoints:
  notes: {kind: LIST, route: GET /notes, table: notes, params: {q: {required: true, max: 5}}}
`);
  await api("POST", "/projects/panel_shape/tables/notes/records", { data: { title: "First", words: 320 } });
});

/** Chooses of a menu by keys. */
async function pick(menu, item) {
  await menu.focus();
  await tab.page.keyboard.press("Enter");
  await tab.page.getByRole("menuitem", { name: item }).focus();
  await tab.page.keyboard.press("Enter");
}

/** Replaces what an editor of code holds, in one change: what is half written may be a template that is refused. */
async function write(editor, text) {
  await editor.click();
  await tab.page.keyboard.press("Control+a");
  await tab.page.keyboard.insertText(text);
}

async function save() {
  const { page } = tab;
  await page.keyboard.press("Control+s");
  await by(page, "unsaved").waitFor({ state: "detached" });
}

test("a preset, renamed by keys, answers as it is shown, and is what the definition holds", async () => {
  const { page } = tab;
  await visit(page, path);
  await by(page, "trial-value-q").fill("x");
  await pick(shape().getByTestId("shape-presets"), /code, msg, data/);
  await live().getByText(/"msg": *"ok"/).waitFor();
  await member("msg").locator("input").first().focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("message");
  await live().getByText(/"message": *"ok"/).waitFor();
  assert.match(await live().innerText(), /"title": "First"/);
  await save();
  await visit(page, path);
  await member("message").waitFor();
  const { body } = (await definition()).response;
  assert.deepEqual(Object.keys(body), ["code", "message", "data"]);
  assert.equal(body.data[0].title, "$record.title");
  const answer = await (await fetch(`${SERVER}/api/panel_shape/notes?q=x`)).json();
  assert.deepEqual([answer.message, answer.data[0].title], ["ok", "First"]);
  quiet(tab);
});

test("the tree and the text are two sides of one template", async () => {
  const { page } = tab;
  await visit(page, path);
  await by(page, "trial-value-q").fill("x");
  await shape().getByTestId("shape-view-text").click();
  const text = shape().getByTestId("shape-text");
  await text.getByText('"message"').waitFor();
  await write(text, '{"count": 7, "first": {"here": true}, "notes": [{"$each": "$records", "t": "$record.title"}]}');
  await live().getByText(/"t": *"First"/).waitFor();
  // What is no JSON keeps the tree as it was.
  await write(text, '{"count": ');
  await settled(page);
  await shape().getByTestId("shape-view-tree").click();
  for (const name of ["count", "first", "notes", "t"]) await member(name).waitFor();
  await member("t").locator("input").first().fill("heading");
  await live().getByText(/"heading": *"First"/).waitFor();
  await shape().getByTestId("shape-view-text").click();
  await text.getByText('"heading"').waitFor();
  await shape().getByTestId("shape-view-tree").click();
  await save();
  assert.deepEqual((await definition()).response.body, { count: 7, first: { here: true }, notes: [{ $each: "$records", heading: "$record.title" }] });
  quiet(tab);
});

test("a member is dragged into another, moved by keys, and undone", async () => {
  const { page } = tab;
  await visit(page, path);
  await by(page, "trial-value-q").fill("x");
  const from = await member("count").locator("[data-grip]").first().boundingBox(), into = await member("here").boundingBox();
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(from.x + 12, from.y + 12, { steps: 4 });
  await page.mouse.move(into.x + 30, into.y + into.height - 2, { steps: 12 });
  await shot(page, "shape-drag");
  await page.mouse.up();
  await member("first").locator('input[title="count"]').waitFor();
  await live().getByText(/"count": *7/).waitFor();
  await save();
  assert.deepEqual((await definition()).response.body.first, { here: true, count: 7 });
  // Alt+↑ within its object, Alt+← out of it, Ctrl+Z back.
  await member("count").locator("[data-grip]").first().focus();
  await page.keyboard.press("Alt+ArrowUp");
  await page.keyboard.press("Alt+ArrowLeft");
  await page.waitForFunction(() => document.querySelector('[data-testid="shape-said"]')?.textContent);
  await save();
  const moved = (await definition()).response.body;
  assert.deepEqual(moved.first, { here: true });
  assert.ok("count" in moved);
  await member("count").locator("[data-grip]").first().focus();
  await page.keyboard.press("Control+z");
  await member("first").locator('input[title="count"]').waitFor();
  await save();
  assert.deepEqual((await definition()).response.body.first, { count: 7, here: true });
  quiet(tab);
});

test("what is refused has a shape of its own", async () => {
  const { page } = tab;
  await visit(page, path);
  await by(page, "trial-value-q").fill("far too long");
  await shape().getByTestId("shape-refresh").click();
  await live().getByText(/at most 5/).waitFor();
  await by(page, "errors-open").click();
  const errors = by(page, "shape-error");
  await pick(errors.getByTestId("shape-presets"), /ok, code, message/);
  await errors.locator('input[title="ok"]').waitFor();
  await shot(page, "shape-error");
  await save();
  const answer = await fetch(`${SERVER}/api/panel_shape/notes?q=far-too-long`);
  assert.equal(answer.status, 400);
  assert.deepEqual(Object.keys(await answer.json()), ["ok", "code", "message"]);
  quiet(tab);
});
