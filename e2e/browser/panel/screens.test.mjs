// Every screen of the panel with a blog's data: what axe finds in both themes, and whether it fits a narrow window in Chinese. With SHOTS it
// makes a picture of each, which is how those of docs/guide/screens.md are made.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { before, test } from "node:test";
import { api, by, findings, isSerious, panel, settled, shot, visit } from "./panel.mjs";
import { blog } from "./blog.mjs";

const tab = panel();
const at = "/p/blog";
const elsewhere = ["setup"]; // asks for the first account: panel_story

/** route is the name in ui/src/router.ts; open brings the page to where there is something to see. */
const screens = [
  { name: "projects", route: "projects", path: "/" },
  { name: "dashboard", route: "dashboard", path: at, open: (page) => by(page, "total-requests").waitFor() },
  { name: "palette", route: "dashboard", path: at, async open(page) {
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.type("comm");
  } },
  { name: "tables", route: "tables", path: `${at}/tables` },
  { name: "records", route: "records", path: `${at}/t/comments` },
  { name: "record", route: "record", path: `${at}/t/comments/r/sample12` },
  { name: "import", route: "import", path: `${at}/t/comments/import` },
  { name: "structure", route: "schema", path: `${at}/t/comments/schema?field=parent`, open: benched },
  { name: "generated", route: "schema", path: `${at}/t/comments/schema?field=email_md5`, open: (page) => by(page, "preview").waitFor() },
  { name: "table-settings", route: "schema", path: `${at}/t/comments/schema?view=table` },
  { name: "upkeep", route: "schema", path: `${at}/t/comments/schema?view=upkeep` },
  { name: "endpoints", route: "endpoints", path: `${at}/endpoints` },
  { name: "endpoint", route: "endpoint", path: `${at}/endpoints/list_comments` },
  { name: "filter", route: "endpoint", path: `${at}/endpoints/list_comments#filter` },
  { name: "flow", route: "endpoint", path: `${at}/endpoints/list_comments#flow` },
  { name: "answer", route: "endpoint", path: `${at}/endpoints/list_comments#response`, open: answered },
  { name: "docs", route: "docs", path: `${at}/docs` },
  { name: "files", route: "files", path: `${at}/files` },
  { name: "logs", route: "logs", path: `${at}/logs`, open: (page) => page.locator("canvas").first().waitFor() },
  { name: "deliveries", route: "deliveries", path: `${at}/deliveries` },
  { name: "audit", route: "audit", path: `${at}/audit` },
  ...["general", "defaults", "tokens", "secrets", "transfer", "upkeep", "about", "danger"].map((section) => ({ name: `settings-${section}`, route: "settings", path: `${at}/settings/${section}` })),
  { name: "account", route: "account", path: "/account" },
  { name: "people", route: "people", path: "/people" },
  { name: "missing", route: "missing", path: "/nowhere" },
  { name: "login", route: "login", path: "/login", signedOut: true },
];

before(async () => {
  const { requests } = await blog();
  for (;;) { // until the server has written them
    const { total } = await api("GET", "/projects/blog/traffic");
    if (total.requests >= requests) break;
  }
});

async function benched(page) {
  await by(page, "bench-row").first().waitFor();
}
async function answered(page) {
  await by(page, "trial-value-post").fill("hello-world");
  await by(page, "trial-send").click();
  await by(page, "trial-status").waitFor();
  await by(page, "shape-live").first().waitFor();
}

async function open(page, screen) {
  if (screen.signedOut) await tab.browser.clearCookies();
  await visit(page, screen.path);
  await screen.open?.(page);
  await settled(page);
}

test("no route is left out", async () => {
  const router = await readFile(new URL("../../../ui/src/router.ts", import.meta.url), "utf8");
  const routes = [...router.matchAll(/\bname: '(\w+)', component/g)].map(([, name]) => name);
  assert.ok(routes.length > 15);
  assert.deepEqual(routes.filter((name) => !elsewhere.includes(name) && !screens.some((s) => s.route === name)), []);
});

test("no screen is wider than a narrow window, in Chinese", async () => {
  const { page } = tab;
  await visit(page, "/");
  await page.evaluate(() => localStorage.setItem("sayrud.language", JSON.stringify("zh-CN")));
  if (process.env.SHOTS) for (const screen of screens.filter((s) => !s.signedOut)) {
    await open(page, screen);
    await shot(page, `${screen.name}-zh`);
  }
  await page.setViewportSize({ width: 420, height: 800 });
  const wide = [];
  for (const screen of screens.filter((s) => !s.signedOut)) {
    await open(page, screen);
    const width = await page.evaluate(() => Math.max(document.documentElement.scrollWidth, ...[...document.querySelectorAll("main")].map((m) => m.scrollWidth + m.getBoundingClientRect().left)));
    if (width > 420) wide.push(`${screen.name}: ${width} px`);
    await shot(page, `${screen.name}-narrow`);
  }
  assert.deepEqual(wide, []);
});

test("axe finds nothing serious on any screen", async () => {
  const { page } = tab;
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.evaluate(() => localStorage.setItem("sayrud.language", JSON.stringify("en")));
  const all = [];
  for (const screen of screens) {
    await open(page, screen);
    await shot(page, screen.name);
    if (process.env.SHOTS) {
      await page.emulateMedia({ colorScheme: "dark" });
      await page.waitForFunction(() => document.documentElement.getAttribute("theme-mode") === "dark");
      await settled(page);
      await shot(page, `${screen.name}-dark`);
      await page.emulateMedia({ colorScheme: "light" });
    }
    for (const found of await findings(page)) all.push({ screen: screen.name, ...found });
  }
  for (const { name } of screens) {
    for (const theme of ["light", "dark"]) {
      const here = all.filter((f) => f.screen === name && f.theme === theme);
      console.log(`axe ${name.padEnd(20)} ${theme.padEnd(5)} ${here.map((f) => `${f.id} (${f.impact})`).join(", ") || "nothing"}`);
    }
  }
  assert.deepEqual(all.filter(isSerious), []);
});
