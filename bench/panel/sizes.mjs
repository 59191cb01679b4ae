// What the built panel weighs, in kilobytes of gzip, beside its budgets: node bench/panel/sizes.mjs (./task panel builds it first).
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const dist = new URL("../../ui/dist/", import.meta.url);
const assets = new URL("assets/", dist);
const text = new Map(readdirSync(assets).filter((f) => /\.(js|css)$/.test(f)).map((f) => [f, readFileSync(new URL(f, assets))]));
const kilobytes = (names) => [...names].reduce((sum, f) => sum + gzipSync(text.get(f), { level: 9 }).length, 0) / 1000;

/** The files that a chunk imports at once, its own among them. */
function closure(names, all = new Set()) {
  for (const f of names) {
    if (all.has(f) || !text.has(f)) continue;
    all.add(f);
    if (f.endsWith(".js")) closure([...text.get(f).toString().matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)].map((m) => m[1]), all);
  }
  return all;
}
const first = new Set([...readFileSync(new URL("index.html", dist)).toString().matchAll(/assets\/([^"]+\.(?:js|css))/g)].map((m) => m[1]));
const chunk = (name) => {
  const found = [...text.keys()].filter((f) => f.startsWith(`${name}-`) && f.endsWith(".js"));
  if (found.length !== 1) throw new Error(`${found.length} chunks are named ${name}: build the panel anew in an empty ui/dist/assets`);
  return found[0];
};
const js = (set) => [...set].filter((f) => f.endsWith(".js"));
const begun = closure(first);
const page = (...names) => new Set([...begun, ...closure(names.map(chunk))]);
const styles = (set) => [...text.keys()].filter((f) => f.endsWith(".css") && (set.has(f) || [...set].some((g) => g.replace(/-[\w-]{8}\.\w+$/, "") === f.replace(/-[\w-]{8}\.\w+$/, ""))));
const login = page("Login"), dashboard = page("Shell", "Dashboard"), records = page("Shell", "Records");
const own = (name) => kilobytes(js([...closure([chunk(name)])].filter((f) => !page("Shell").has(f))));
const routes = ["Records", "Schema", "Endpoint", "Endpoints", "Dashboard", "Tables", "Import", "Logs", "Docs", "Settings", "Audit", "People", "Files"].map((name) => [name, own(name)]).sort((a, b) => b[1] - a[1]);

const line = (what, value, budget) => console.log(`${what.padEnd(52)}${value.toFixed(1).padStart(8)} KB   ${budget ? `<= ${budget} KB`.padEnd(12) + (value <= budget ? "kept" : "MISSED") : ""}`);
line("first JavaScript: the login", kilobytes(js(login)), 170);
line("first JavaScript: the dashboard with the shell", kilobytes(js(dashboard)), 170);
line("first JavaScript: the records with the shell", kilobytes(js(records)));
line("first CSS: the dashboard", kilobytes(styles(dashboard)), 25);
for (const [name, size] of routes.slice(0, 4)) line(`the page ${name}, beside the shell`, size, 60);
line("the code editor", own("codemirror"), 165);
line("the charts", own("draw"), 25);
line("all JavaScript", kilobytes(js([...text.keys()])), 900);
