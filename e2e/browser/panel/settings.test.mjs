// The settings of a project, section by section.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, api, apply, by, focusStays, panel, quiet, SERVER, shot, visit } from "./panel.mjs";

const tab = panel();
const project = `project: settings_panel
timezone: UTC
tables:
  notes:
    fields: {text: {type: text, index: true}, old: {type: text}}
endpoints:
  about: {route: GET /about, response: {body: {a: 1}}, middlewares: [main, {webhook: {url: "https://example.org", secret: {value: s3cret}}}]}
`;
const open = async (page, section) => {
  await visit(page, `/p/settings_panel/settings/${section}`);
  await page.locator(".settings .section").waitFor();
};
const detail = () => api("GET", "/projects/settings_panel");
const refused = (status) => tab.complaints.splice(0, tab.complaints.length, ...tab.complaints.filter((c) => !c.includes(`status of ${status}`)));

test("general settings are saved, and not left behind unsaved", async () => {
  const { page } = tab;
  await apply(project.replace(", webhook", ""));
  await open(page, "general");
  await accessible(page);
  await shot(page, "settings-general");
  await by(page, "timezone").fill("Shanghai");
  await by(page, "timezone-Asia/Shanghai").click();
  await by(page, "project-public").click();
  await by(page, "section-about").click();
  await by(page, "confirm").waitFor();
  await focusStays(page, by(page, "confirm"), 8);
  await page.keyboard.press("Escape");
  await by(page, "save-general").click();
  await page.locator("[data-testid=save-general][disabled]").waitFor();
  const now = await detail();
  assert.deepEqual([now.timezone, now.public], ["Asia/Shanghai", true]);
  quiet(tab);
});

test("the shape of errors is one of the defaults", async () => {
  const { page } = tab;
  await open(page, "defaults");
  await by(page, "default-errors").fill('{"body": {"ok": false, "code": "$error.code"}}');
  await by(page, "save-defaults").click();
  await page.locator("[data-testid=save-defaults][disabled]").waitFor();
  const answer = await fetch(`${SERVER}/api/settings_panel/nothing`);
  assert.deepEqual(await answer.json(), { ok: false, code: "not_found" });
  await accessible(page);
  await shot(page, "settings-defaults");
  quiet(tab);
});

test("a token is shown once, works, and is revoked", async () => {
  const { page } = tab;
  await open(page, "tokens");
  await accessible(page);
  await by(page, "add-token").click();
  await by(page, "token-name").fill("website build");
  await by(page, "scope-schema").check();
  await focusStays(page, by(page, "token-dialog"));
  await accessible(page);
  await shot(page, "settings-token");
  await by(page, "token-submit").click();
  const secret = await by(page, "token-secret").inputValue();
  const ask = () => fetch(`${SERVER}/_/api/projects/settings_panel`, { headers: { Authorization: `Bearer ${secret}` } });
  assert.equal((await ask()).status, 200);
  await by(page, "token-done").click();
  await by(page, "tokens").getByText("website build").waitFor();
  assert.equal(await page.getByText(secret).count(), 0);
  await shot(page, "settings-tokens");
  await by(page, "revoke-website build").click();
  await by(page, "confirm-yes").click();
  await page.getByText("There is no token").waitFor();
  assert.equal((await ask()).status, 401);
  quiet(tab);
});

test("secrets are listed by their places", async () => {
  const { page } = tab;
  await open(page, "secrets");
  await by(page, "secrets").getByText("webhook.secret").waitFor();
  await by(page, "secrets").getByText("has a value").waitFor();
  await accessible(page);
  await shot(page, "settings-secrets");
  quiet(tab);
});

test("an import shows what it changes before it does, and asks where data is lost", async () => {
  const { page } = tab;
  await open(page, "transfer");
  assert.match(await (await fetch(new URL(await by(page, "export").getAttribute("href"), SERVER), { headers: { Cookie: await cookies(page) } })).text(), /project: settings_panel/);
  await by(page, "import-source").fill("project: settings_panel\ntables: {notes: {fields: {text: {type: nonsense}}}}");
  await by(page, "preview").click();
  await by(page, "import-problem").filter({ hasText: "nonsense" }).waitFor();
  refused(400);
  await accessible(page);
  const file = project.replace(", old: {type: text}", ", more: {type: number}").replace("secret: {value: s3cret}", "");
  await by(page, "import-file").setInputFiles({ name: "settings_panel.yaml", mimeType: "text/yaml", buffer: Buffer.from(file) });
  await by(page, "prune").check();
  await by(page, "preview").click();
  await by(page, "differences").getByText("field notes.more").waitFor();
  await by(page, "differences").getByText("field notes.old").waitFor();
  await accessible(page);
  await shot(page, "settings-import");
  assert.ok((await detail()).definition.tables.notes.fields.old, "a preview changes nothing");
  await by(page, "apply").click();
  await by(page, "confirm-typed").fill("settings_panel");
  await by(page, "confirm-yes").click();
  await by(page, "differences").waitFor({ state: "detached" });
  const { fields } = (await detail()).definition.tables.notes;
  assert.deepEqual([!!fields.more, !!fields.old], [true, false]);
  quiet(tab);
});

const cookies = async (page) => (await page.context().cookies()).map((c) => `${c.name}=${c.value}`).join("; ");

test("a dropped field comes back; indexes are listed", async () => {
  const { page } = tab;
  await open(page, "upkeep");
  await by(page, "indexes").waitFor();
  await accessible(page);
  await shot(page, "settings-upkeep");
  await by(page, "restore-old").click();
  await page.getByText("No dropped field has values left.").waitFor();
  assert.ok((await detail()).definition.tables.notes.fields.old);
  quiet(tab);
});

test("about tells versions; the project is dropped by typing its name", async () => {
  const { page } = tab;
  await open(page, "about");
  await by(page, "version").waitFor();
  await accessible(page);
  await shot(page, "settings-about");
  await open(page, "danger");
  await accessible(page);
  await by(page, "drop-project").click();
  await by(page, "confirm-typed").fill("settings_pane");
  assert.ok(await by(page, "confirm-yes").isDisabled());
  await by(page, "confirm-typed").fill("settings_panel");
  await by(page, "confirm-yes").click();
  await page.waitForURL(/\/_\/$/);
  assert.ok(!(await api("GET", "/projects")).items.some((p) => p.name === "settings_panel"));
  quiet(tab);
});
