// What goes out after each write of a table.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { accessible, api, apply, by, panel, quiet, shot, visit } from "./panel.mjs";

const tab = panel({ viewport: { width: 1280, height: 900 } });
const table = "/projects/panel_onwrite/tables/comments";

before(() => apply(`project: panel_onwrite
tables:
  comments:
    fields:
      nick: {type: text}
`));

test("a webhook after each write is set by a form, saved, and taken away", async () => {
  const { page } = tab;
  const steps = async () => (await api("GET", table)).definition.on_write;
  const save = async () => {
    await by(page, "save").click();
    await by(page, "plan-save").click();
    await by(page, "pending").waitFor({ state: "detached" });
  };
  await visit(page, "/p/panel_onwrite/t/comments/schema");
  await by(page, "view-table").click();
  await by(page, "on-write-add-webhook").click();
  await by(page, "on-write-0-url").fill("https://example.org/hook");
  await by(page, "on-write-0-more").click();
  await by(page, "on-write-0-on-create").scrollIntoViewIfNeeded();
  await accessible(page);
  await shot(page, "schema-on-write");
  await save();
  assert.deepEqual(await steps(), [{ webhook: { url: "https://example.org/hook" } }]);
  await by(page, "on-write-text").click();
  await by(page, "on_write").getByText(/example\.org/).waitFor();
  await by(page, "on-write-text").click();
  await by(page, "on-write-0-remove").click();
  await save();
  assert.equal(await steps(), undefined);
  quiet(tab);
});
