import { deepStrictEqual, match, ok, strictEqual } from "#assert";
import { loadConfig } from "../config/load.ts";
import { main } from "./main.ts";

async function list(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await main(
    ["list", ...args],
    (line) => out.push(line),
    (line) => err.push(line),
  );
  return { code, out, err };
}

async function rowsOf(kind: string) {
  const { code, out } = await list(kind, "--json");
  strictEqual(code, 0, kind);
  return JSON.parse(out.join("\n")) as {
    readonly name: string;
    readonly aliases?: readonly string[];
    readonly settings?: readonly { readonly path: string; readonly default: unknown }[];
  }[];
}

async function kindNames(): Promise<string[]> {
  const { out } = await list("--json");
  return (JSON.parse(out.join("\n")) as { name: string }[]).map(({ name }) => name);
}

Deno.test("list names the kinds, each of which has rows with different names", async () => {
  const kinds = await kindNames();
  for (
    const kind of ["scaling", "keep-alive", "routing", "batching", "placement", "pools", "arrivals"]
      .concat("lengths", "presets", "platforms", "models", "gpus", "prices")
  ) ok(kinds.includes(kind), kind);
  const { code, out } = await list();
  strictEqual(code, 0);
  strictEqual(out.length, kinds.length);
  for (const kind of kinds) {
    const rows = await rowsOf(kind);
    ok(rows.length > 0, kind);
    // A provider has many prices.
    if (kind !== "prices") strictEqual(new Set(rows.map(({ name }) => name)).size, rows.length);
    const shown = await list(kind);
    strictEqual(shown.out.length, rows.length + 1, kind);
    rows.forEach(({ name }, i) => ok(shown.out[i + 1].startsWith(name), shown.out[i + 1]));
  }
});

Deno.test("what list names is what a configuration takes, by each of its names", async () => {
  const paths: Readonly<Record<string, (name: string) => string>> = {
    scaling: (name) =>
      `{ slo: { ttft_s: 1 }, scaling: { policy: ${name},
      schedule: { entries: [{ from: 0 }] } } }`,
    "keep-alive": (name) => `scaling: { keep_alive: { policy: ${name} } }`,
    routing: (name) => `cluster: { routing: { policy: ${name} } }`,
    batching: (name) => `scheduler: { type: ${name} }`,
    gateway: (name) => `gateway: { fairness: ${name} }`,
    orders: (name) => `scheduler: { scheduling_policy: ${name} }`,
    placement: (name) => `cluster: { placement: { policy: ${name} } }`,
    eviction: (name) => `cluster: { weight_cache: { eviction: ${name} } }`,
    pools: (name) => `scaling: { prewarmed_pool: { policy: ${name} } }`,
    arrivals: (name) => `workload: { type: ${name} }`,
    traces: (name) => `workload: { trace: { format: ${name} } }`,
    engines: (name) => `scheduler: { engine: ${name} }`,
    billing: (name) => `cost: { billing: { preset: ${name} } }`,
    workloads: (name) => `workload: { embedded: { name: ${name} } }`,
    sources: (name) => `execution: { source: ${name} }`,
    platforms: (name) => `platform: ${name}`,
  };
  for (const [kind, yaml] of Object.entries(paths)) {
    for (const { name, aliases = [] } of await rowsOf(kind)) {
      const first = loadConfig(yaml(name));
      for (const alias of aliases) deepStrictEqual(loadConfig(yaml(alias)), first, alias);
    }
  }
});

Deno.test("the defaults that list names are those of a configuration, but for what may be open", async () => {
  const config = loadConfig();
  for (const kind of await kindNames()) {
    for (const { name, settings = [] } of await rowsOf(kind)) {
      for (const setting of settings) {
        const value = setting.path.split(".").reduce<unknown>(
          (part, key) => (part as Readonly<Record<string, unknown>>)[key],
          config,
        );
        ok(value !== undefined, setting.path);
        // `threshold` and `fixed` are chosen by their settings, and lengths are filled with those of a
        // default law.
        if (name === "threshold" || name === "fixed" || kind === "lengths") continue;
        deepStrictEqual(value, setting.default ?? (Array.isArray(value) ? [] : null), setting.path);
      }
    }
  }
});

Deno.test("list refuses what is no kind with the kinds, and more than one", async () => {
  const wrong = await list("scalling");
  strictEqual(wrong.code, 2);
  deepStrictEqual(wrong.out, []);
  match(wrong.err.join(), /one of scaling, keep-alive, .*prices \(did you mean scaling\?\)/);
  strictEqual((await list("scaling", "routing")).code, 2);
});
