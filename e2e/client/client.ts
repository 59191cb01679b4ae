// What a user of the generated client writes. It must compile under --strict, and every line of it works against the server.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

type Good = components["schemas"]["goods"];

const server = process.env.SERVER;
assert.ok(server);
const api = createClient<paths>({ baseUrl: server + "/api/shop" });

const maker = await api.POST("/makers", { body: { name: "Ann" } });
assert.ok(maker.data);
const uid: string = maker.data.uid;

const made = await api.POST("/goods", { body: { name: "Lamp", price: 12.5, state: "draft", maker: uid, stock: 2 } });
assert.ok(made.data, JSON.stringify(made.error));
const good: Good = made.data;
const shown: string | null | undefined = good.maker?.v;
assert.equal(shown, "Ann");
assert.equal(good.state satisfies "draft" | "sold" | null, "draft");

const found = await api.GET("/found", { params: { query: { state: "draft", names: ["Lamp", "Chair"] } } });
assert.ok(found.data);
const total: number | null = found.data.total;
const names: (string | null)[] = found.data.rows.map((row) => row.name);
const makers: (string | null)[] = found.data.rows.map((row) => row.maker);
const html: (string | null)[] = found.data.rows.map((row) => row.html);
assert.deepEqual([total, names, makers, html], [1, ["Lamp"], ["Ann"], ["<p>Lamp</p>\n"]]);

const taken = await api.POST("/goods/{id}/take", { params: { path: { id: good.uid } } });
assert.equal(taken.data?.left satisfies number | null | undefined, 1);

const changed = await api.PATCH("/goods/{id}", { params: { path: { id: good.uid } }, body: { state: "sold" } });
assert.equal(changed.data?.state, "sold");

const counts = await api.GET("/counts");
assert.deepEqual(counts.data?.items.map((item) => [item.state, item.n, item.dearest]), [["sold", 1, 12.5]]);

const refused = await api.POST("/goods", { body: { name: "" } });
assert.equal(refused.response.status, 400);
assert.ok(refused.error);
const code: string = refused.error.code;
assert.deepEqual([code, refused.error.ok, refused.error.fields[0]?.name], ["invalid", false, "name"]);

// @ts-expect-error: a parameter with the wrong type
void (() => api.GET("/found", { params: { query: { size: "many" } } }));
// @ts-expect-error: what is required is missing
void (() => api.POST("/goods", { body: { price: 1 } }));
// @ts-expect-error: no such value
void (() => api.POST("/goods", { body: { name: "x", state: "gone" } }));
// @ts-expect-error: no such member of the answer
void ((row: NonNullable<typeof found.data>["rows"][number]) => row.mail);

const gone = await api.DELETE("/goods/{id}", { params: { path: { id: good.uid } } });
assert.equal(gone.response.status, 200);
console.log("the client works");
