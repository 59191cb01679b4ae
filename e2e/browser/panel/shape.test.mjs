// The answer's template in the endpoint's editor: a preset, a key renamed by keys, the live answer, and the definition that is saved.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { accessible, api, apply, by, panel, quiet, shot, visit } from "./panel.mjs";

const tab = panel({ viewport: { width: 1600, height: 900 } });
const path = "/p/panel_shape/endpoints/notes";

before(async () => {
  await apply(`project: panel_shape
tables:
  notes:
    fields:
      title: {type: text, required: true}
endpoints:
  notes: {kind: LIST, route: GET /notes, table: notes}
`);
  await api("POST", "/projects/panel_shape/tables/notes/records", { data: { title: "First" } });
});

test("a preset, renamed by keys, answers as it is shown, and is what the definition holds", async () => {
  const { page } = tab;
  await visit(page, `${path}#response`);
  const shape = by(page, "shape");
  const live = shape.getByTestId("shape-live");
  await shape.getByTestId("shape-presets").focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: /code, msg, data/ }).focus();
  await page.keyboard.press("Enter");
  await live.getByText(/"msg": *"ok"/).waitFor();
  await shape.locator('input[title="msg"]').focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("message");
  await live.getByText(/"message": *"ok"/).waitFor();
  assert.match(await live.innerText(), /"title": "First"/);
  await accessible(page);
  await shot(page, "shape");
  await page.keyboard.press("Control+s");
  await by(page, "unsaved").waitFor({ state: "detached" });
  await visit(page, `${path}#response`);
  await shape.locator('input[title="message"]').waitFor();
  const { definition } = await api("GET", "/projects/panel_shape/endpoints/notes");
  assert.deepEqual(Object.keys(definition.response.body), ["code", "message", "data"]);
  assert.equal(definition.response.body.message, "ok");
  assert.equal(definition.response.body.data[0].title, "$record.title");
  quiet(tab);
});
