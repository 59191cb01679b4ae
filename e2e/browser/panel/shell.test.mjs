// What is around every page: projects, the palette, shortcuts, what changed elsewhere, a lost connection.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { accessible, api, apply, by, focusStays, panel, quiet, settled, shot, visit } from "./panel.mjs";

const tab = panel();
const source = `
project: shelltest
tables:
  notes:
    label: Notes
    fields:
      title: {type: text, label: Title}
endpoints:
  list_notes: {kind: LIST, route: GET /notes, table: notes}
`;
before(() => apply(source));

test("a project is made, found and dropped", async () => {
  const { page } = tab;
  await api("DELETE", "/projects/shell_new?confirm=shell_new").catch(() => null);
  await visit(page, "/");
  await by(page, "project-shelltest").waitFor();
  await accessible(page);
  await shot(page, "projects");
  await by(page, "projects-create").click();
  await focusStays(page, by(page, "create-project"));
  await shot(page, "projects-create");
  await by(page, "project-name").fill("Not a name");
  await by(page, "project-create").click();
  await by(page, "create-project").getByRole("alert").waitFor();
  await by(page, "project-name").fill("shell_new");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/_/p/shell_new");
  await by(page, "project-switch").getByText("shell_new").waitFor();
  assert.match(await page.title(), /shell_new · Sayrud/);
  await visit(page, "/");
  await by(page, "project-menu-shell_new").click();
  await by(page, "project-menu-shell_new-drop").click();
  await focusStays(page, by(page, "confirm"));
  assert.equal(await by(page, "confirm-yes").isDisabled(), true);
  await by(page, "confirm-typed").fill("shell_new");
  await page.keyboard.press("Enter");
  await by(page, "project-shell_new").waitFor({ state: "detached" });
  quiet(tab);
});

test("the palette leads to tables, endpoints, pages and records", async () => {
  const { page } = tab;
  const { uid } = await api("POST", "/projects/shelltest/tables/notes/records", { data: { title: "One" } });
  await visit(page, "/p/shelltest/settings");
  await page.keyboard.press("Control+k");
  await by(page, "palette-words").waitFor();
  await accessible(page);
  await shot(page, "palette");
  await page.keyboard.type("notes stru");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/p/shelltest/t/notes/schema");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("GET /notes");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/endpoints/list_notes");
  await page.keyboard.press("Control+k");
  await page.keyboard.type(uid);
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/t/notes/r/${uid}`);
  quiet(tab);
});

test("the sheet lists the shortcuts, and they lead where it says", async () => {
  const { page } = tab;
  await visit(page, "/p/shelltest/audit");
  await page.locator("body").press("?");
  await by(page, "shortcuts").waitFor();
  await focusStays(page, by(page, "shortcuts"), 5);
  await shot(page, "shortcuts");
  await page.keyboard.press("Escape");
  await by(page, "shortcuts").waitFor({ state: "detached" });
  await page.keyboard.press("g");
  await page.keyboard.press("l");
  await page.waitForURL("**/p/shelltest/logs");
  quiet(tab);
});

test("a table made elsewhere appears by itself", async () => {
  const { page } = tab;
  await visit(page, "/p/shelltest/audit");
  await by(page, "nav-table-notes").waitFor();
  await api("POST", "/projects/shelltest/tables", { name: "later", definition: { fields: {} } });
  await by(page, "nav-table-later").waitFor();
  await api("DELETE", "/projects/shelltest/tables/later");
  await by(page, "nav-table-later").waitFor({ state: "detached" });
  quiet(tab);
});

test("a panel that is opened without a connection says so and goes on by itself", async () => {
  const { page } = tab;
  await visit(page, "/p/shelltest/audit");
  const cut = (route) => route.abort("connectionrefused");
  await page.route("**/_/api/**", cut);
  await page.reload();
  await by(page, "offline").waitFor();
  await accessible(page);
  await page.unroute("**/_/api/**", cut);
  await by(page, "brand").waitFor();
  await by(page, "offline").waitFor({ state: "detached" });
  tab.complaints.splice(0, tab.complaints.length, ...tab.complaints.filter((c) => !/ERR_CONNECTION_REFUSED/.test(c)));
  quiet(tab);
});

test("a page that is not there says so, and the content is one key away", async () => {
  const { page } = tab;
  await visit(page, "/p/nobody");
  await page.getByRole("heading", { level: 2 }).waitFor();
  await accessible(page);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  await settled(page); // the address has another end now, and the project is asked for again
  tab.complaints.splice(0, tab.complaints.length, ...tab.complaints.filter((c) => !/status of 404/.test(c)));
  quiet(tab);
});

test("a narrow window keeps everything in reach", async () => {
  const { page } = tab;
  await page.setViewportSize({ width: 420, height: 800 });
  await visit(page, "/p/shelltest/audit");
  await settled(page);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  await by(page, "palette-open").click();
  await by(page, "palette-words").waitFor();
  await shot(page, "palette-narrow");
  await page.keyboard.press("Escape");
  await visit(page, "/");
  await shot(page, "projects-narrow");
  quiet(tab);
});
