// Measures the grid of records in Chromium, against a server that runs: ./task bench-panel, or
//   SERVER=http://127.0.0.1:8090 EMAIL=… PASSWORD=… ROWS=100000 node bench/panel/grid.mjs
// It makes a project, imports ROWS records of 12 fields, and prints what it measured beside the budgets.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const { chromium } = createRequire(new URL("../../e2e/browser/package.json", import.meta.url))("playwright-core");
const server = process.env.SERVER ?? "http://127.0.0.1:8090";
const rows = Number(process.env.ROWS ?? 100_000);
const program = process.env.SAYRUD ?? "./sayrud", data = process.env.DATA;
const owner = { email: process.env.EMAIL ?? "owner@example.org", password: process.env.PASSWORD ?? "correct horse battery" };
const project = "gridbench";

const headers = { "X-Sayrud-CSRF": "1", "Content-Type": "application/json" };
const signed = await fetch(`${server}/_/api/login`, { method: "POST", headers, body: JSON.stringify(owner) });
headers.Cookie = signed.headers.get("Set-Cookie").split(";")[0];
const api = async (method, path, body) => {
  const answer = await fetch(`${server}/_/api${path}`, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text && JSON.parse(text);
};
const table = `/projects/${project}/tables/items`;
const count = async () => (await api("GET", `${table}/count?exact=true`)).count;

async function fill() {
  if (await count().catch(() => 0) === rows) return;
  await api("DELETE", `/projects/${project}?confirm=${project}`).catch(() => null);
  await api("POST", "/apply", { source: `project: ${project}
tables:
  items:
    fields:
      name: {type: text, required: true}
      note: {type: text}
      price: {type: number, index: true}
      stock: {type: number, integer: true}
      status: {type: enum, values: [draft, ready, sold]}
      live: {type: boolean}
      at: {type: datetime}
      day: {type: date}
      mail: {type: email}
      site: {type: url}
      data: {type: json}
      number: {type: autonumber}
` });
  const dir = mkdtempSync(join(tmpdir(), "gridbench-")), file = join(dir, "items.ndjson");
  const start = Date.UTC(2026, 0, 1);
  const lines = Array.from({ length: rows }, (_, i) => JSON.stringify({
    name: `Item ${i}`, note: `What is to be said of number ${i}, in a sentence`, price: i % 1000 / 4, stock: i % 77, status: ["draft", "ready", "sold"][i % 3], live: i % 2 === 0,
    at: new Date(start + i * 1000).toISOString(), day: "2026-11-23", mail: `a${i}@example.org`, site: `https://example.org/${i}`, data: { a: i, b: [1, 2] }, created_at: new Date(start + i * 1000).toISOString(),
  }));
  writeFileSync(file, `${lines.join("\n")}\n`);
  execFileSync(program, ["import", `${project}/items`, file, ...(data ? ["--data", data] : [])], { stdio: "inherit" });
  rmSync(dir, { recursive: true });
}

const percentile = (list, p) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * p))];

async function pages() {
  const took = async (query, n = 5) => {
    const times = [];
    for (let i = 0; i < n; i++) {
      const begin = performance.now();
      await api("GET", `${table}/records?size=200&${query}`);
      times.push(performance.now() - begin);
    }
    return percentile(times, 0.5);
  };
  const deep = Math.max(0, rows - 10_000);
  const cursor = encodeURIComponent((await api("GET", `${table}/records?cursor=*&skip=${deep - 200}&size=200&fields=name`)).next ?? "*");
  return { first: await took("cursor=*"), jump: await took(`cursor=*&skip=${deep}`), next: await took(`cursor=${cursor}`), near: await took(`cursor=${cursor}&skip=8000`) };
}

/** Scrolls by `step` pixels a frame for `frames` frames; gives the times between frames. */
const scroll = (page, step, frames) => page.evaluate(([by, n]) => new Promise((done) => {
  const grid = document.querySelector("[data-testid=grid]"), times = [];
  let last = performance.now();
  const frame = (now) => {
    times.push(now - last);
    last = now;
    grid.scrollTop += by;
    if (grid.scrollTop + grid.clientHeight >= grid.scrollHeight - 1) grid.scrollTop = 0;
    if (times.length < n) requestAnimationFrame(frame);
    else done(times.slice(1));
  };
  requestAnimationFrame(frame);
}), [step, frames]);

async function browse() {
  const profile = mkdtempSync(join(tmpdir(), "gridbench-"));
  const browser = await chromium.launchPersistentContext(profile, { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args: ["--no-sandbox", "--disable-gpu", "--enable-precise-memory-info"], viewport: { width: 1280, height: 800 } });
  try {
    const [name, value] = headers.Cookie.split("=");
    await browser.addCookies([{ name, value, url: server }]);
    const page = browser.pages()[0] ?? await browser.newPage();
    await page.goto(`${server}/_/p/${project}/t/items`);
    const filled = () => page.waitForFunction(() => document.querySelector('[data-row="0"] [data-col="name"]')?.textContent, undefined, { polling: "raf" });
    await filled();
    const begin = performance.now();
    await page.reload();
    await filled();
    const first = performance.now() - begin;
    const slow = await scroll(page, 40, 300), fast = await scroll(page, 2400, 300);
    await page.evaluate(() => { document.querySelector("[data-testid=grid]").scrollTop = 0; });
    await filled();
    await page.locator('[data-row="0"] [data-col="name"]').click();
    const keys = await page.evaluate(async () => {
      const input = document.activeElement, times = [];
      for (let i = 0; i < 50; i++) {
        const start = performance.now();
        input.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true, cancelable: true }));
        await new Promise((done) => requestAnimationFrame(() => { const m = new MessageChannel(); m.port1.onmessage = done; m.port2.postMessage(0); }));
        times.push(performance.now() - start);
      }
      return times;
    });
    const cdp = await page.context().newCDPSession(page);
    await cdp.send("HeapProfiler.collectGarbage");
    const heap = await page.evaluate(() => performance.memory.usedJSHeapSize / 1e6);
    const fps = (t) => 1000 / (t.reduce((a, b) => a + b, 0) / t.length);
    return { first, slowFps: fps(slow), fastFps: fps(fast), slowP95: percentile(slow, 0.95), fastP95: percentile(fast, 0.95), heap, key: percentile(keys, 0.95) };
  } finally {
    await browser.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

await fill();
const p = await pages(), b = await browse();
const line = (what, value, unit, budget, ok) => console.log(`${what.padEnd(44)}${value.toFixed(1).padStart(9)} ${unit.padEnd(4)} ${budget.padEnd(12)} ${budget ? (ok ? "kept" : "MISSED") : ""}`);
console.log(`\nThe grid over ${rows.toLocaleString("en")} records of 12 fields\n`);
line("first rows after a reload", b.first, "ms", "<= 1000 ms", b.first <= 1000);
line("frames at 40 px a frame", b.slowFps, "fps", ">= 55 fps", b.slowFps >= 55);
line("  95th percentile of a frame", b.slowP95, "ms", "<= 34 ms", b.slowP95 <= 34);
line("frames at 2400 px a frame", b.fastFps, "fps", ">= 45 fps", b.fastFps >= 45);
line("  95th percentile of a frame", b.fastP95, "ms", "<= 34 ms", b.fastP95 <= 34);
line("heap behind it", b.heap, "MB", "<= 80 MB", b.heap <= 80);
line("key to paint, 95th percentile", b.key, "ms", "<= 50 ms", b.key <= 50);
line("page of 200: the first", p.first, "ms", "");
line("page of 200: a far jump (skips all before)", p.jump, "ms", "");
line("page of 200: the next one there, by cursor", p.next, "ms", "");
line("page of 200: 40 pages from a cursor", p.near, "ms", "");
if (!process.env.KEEP) await api("DELETE", `/projects/${project}?confirm=${project}`);
