// What the panel's tests share: one signed-in Chromium a file, the admin API beside it, the checks that every page must pass.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { isDeepStrictEqual } from "node:util";
import { opened, SERVER, shot } from "../chromium.mjs";

export { SERVER, shot };
export const owner = { email: "owner@example.org", password: "correct horse battery" };
export const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

let cookie = "";

/** Asks the admin API as the owner: api("GET", "/projects"). A text is sent as it is. Gives the answer's body; throws what it refuses. */
export async function api(method, path, body) {
  if (!cookie) {
    const answer = await send("POST", "/login", owner);
    cookie = answer.headers.get("Set-Cookie").split(";")[0];
  }
  const answer = await send(method, path, body);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text && answer.headers.get("Content-Type")?.includes("json") ? JSON.parse(text) : text;
}

const send = (method, path, body) => fetch(`${SERVER}/_/api${path}`, {
  method,
  headers: { "X-Sayrud-CSRF": "1", ...(cookie && { Cookie: cookie }), ...(body && typeof body !== "string" && { "Content-Type": "application/json" }) },
  body: body && (typeof body === "string" ? body : JSON.stringify(body)),
});

/** Makes the project of a file, afresh. */
export async function apply(source) {
  const name = /^project: *(\S+)/m.exec(source)[1];
  await api("DELETE", `/projects/${name}?confirm=${name}`).catch(() => null);
  return api("POST", "/apply", { source });
}

/** Opens a signed-in page: tab.page, tab.complaints. language: en or zh-CN. */
export function panel({ language = "en", signedIn = true, viewport = { width: 1280, height: 800 } } = {}) {
  return opened(viewport, async (browser) => {
    browser.on("page", track);
    await browser.addInitScript({ path: axe });
    await browser.addInitScript((lang) => {
      if (!localStorage.getItem("sayrud.language")) localStorage.setItem("sayrud.language", JSON.stringify(lang));
    }, language);
    if (!signedIn) return;
    await api("GET", "/me");
    const [name, value] = cookie.split("=");
    await browser.addCookies([{ name, value, url: SERVER, httpOnly: true, sameSite: "Strict" }]);
  });
}

/** An element by its data-testid. */
export const by = (page, id) => page.getByTestId(id);

const traffic = new WeakMap(); // page: its requests under way; the stream of events always is

function track(page) {
  const open = new Set();
  const closed = (request) => { open.delete(request); };
  traffic.set(page, open);
  page.on("request", (request) => { if (request.resourceType() !== "eventsource") open.add(request); });
  page.on("requestfinished", closed);
  page.on("requestfailed", closed);
}

/** Waits until the page has asked nothing for a moment, the stream of events aside. */
export async function settled(page) {
  const moment = () => page.evaluate(() => new Promise((done) => setTimeout(done, 150)));
  for (let quiet = 0; quiet < 2;) {
    quiet = traffic.get(page).size === 0 ? quiet + 1 : 0;
    await moment();
  }
}

/** Reads again and again until the server has what is wanted; at last says what it has instead. */
export async function becomes(read, wanted) {
  for (const until = Date.now() + 30_000; Date.now() < until;) {
    if (isDeepStrictEqual(await read(), wanted)) return;
    await new Promise((done) => setTimeout(done, 60));
  }
  assert.deepEqual(await read(), wanted);
}

/** Opens a page of the panel and waits until it is there. */
export async function visit(page, path) {
  await page.goto(`${SERVER}/_${path}`);
  await page.locator("main, form").first().waitFor();
  await settled(page);
}

/** What axe finds in the page as it stands, in both themes: {theme, id, impact, at}. */
export async function findings(page) {
  const found = [];
  for (const theme of ["light", "dark"]) {
    await page.evaluate((t) => document.documentElement.setAttribute("theme-mode", t), theme);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    for (const { id, impact, nodes } of violations) found.push({ theme, id, impact, at: nodes.map((n) => n.html.slice(0, 200)).slice(0, 3).join(" | ") });
  }
  await page.evaluate(() => document.documentElement.setAttribute("theme-mode", "light"));
  return found;
}

export const isSerious = ({ impact }) => impact === "serious" || impact === "critical";

/** Fails where axe finds anything serious, in both themes. */
export async function accessible(page) {
  assert.deepEqual((await findings(page)).filter(isSerious).map((f) => `${f.theme} ${f.id}: ${f.at}`), []);
}

/** Fails where Tab leaves the open dialog, or nothing in it takes the focus. */
export async function focusStays(page, dialog, steps = 30) {
  const seen = new Set();
  for (let i = 0; i < steps; i++) {
    await page.keyboard.press("Tab");
    const where = await dialog.evaluate((d) => d.contains(document.activeElement) ? [...d.querySelectorAll("*")].indexOf(document.activeElement) : -2);
    assert.notEqual(where, -2, `Tab ${i + 1} left the dialog`);
    seen.add(where);
  }
  assert.ok(seen.size > 0);
}

/** Fails where the page complained to the console. */
export function quiet(tab) {
  assert.deepEqual(tab.complaints, []);
}
