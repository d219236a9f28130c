import { deepEqual, equal, ok } from "#assert";
import { parquetMetadataAsync, parquetReadObjects, parquetSchema } from "npm:hyparquet@1.31.5";
import { loadConfig } from "../config/load.ts";
import { REQUEST_COLUMNS } from "../metrics/columns/request_columns.ts";
import { madeUpRun } from "./made_up_run.ts";
import { makeManifest, type ManifestSource } from "./manifest.ts";
import { openResultDirectory } from "./result_directory.ts";
import { sha256 } from "./sha256.ts";
import { resultTables } from "./result_tables.ts";
import { type TableFormat, writeResults } from "./write_results.ts";

const FORMATS: TableFormat[] = ["parquet", "csv", "json"];

async function written(
  body: (path: string) => Promise<void>,
  source: Partial<ManifestSource> = {},
): Promise<void> {
  const root = Deno.makeTempDirSync();
  try {
    const run = madeUpRun(5000);
    const directory = openResultDirectory(`${root}/out`);
    const manifest = await makeManifest(run, { config: loadConfig(), ...source });
    await writeResults(directory, run, FORMATS);
    directory.commit(manifest);
    await body(`${root}/out`);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

function readRows(path: string): Promise<Record<string, unknown>[]> {
  return parquetReadObjects({ file: Deno.readFileSync(path).buffer });
}

Deno.test("requests.parquet holds the documented columns with their definitions", async () => {
  await written(async (path) => {
    const { requests } = madeUpRun(5000);
    const file = Deno.readFileSync(`${path}/requests.parquet`).buffer;
    const { children } = parquetSchema(await parquetMetadataAsync(file));
    const names = children.map((child) => child.element.name);
    deepEqual(names, Object.values(REQUEST_COLUMNS).map(({ name }) => name));
    // deno-fmt-ignore
    const known = ["id", "function", "class", "instance", "arrival_s", "scheduled_s",
      "first_token_s", "completed_s", "prompt_tokens", "output_tokens", "cached_tokens", "ttft_s",
      "tpot_s", "max_tbt_s", "e2e_s", "scheduling_delay_s", "cold_start_wait_s", "preemptions",
      "outcome"];
    deepEqual(names.filter((name) => known.includes(name)), known);
    const rows = await readRows(`${path}/requests.parquet`);
    equal(rows.length, 5000);
    let nulls = 0;
    for (const [i, row] of rows.entries()) {
      equal(row.id, i);
      equal(row.arrival_s, requests.arrivalAtSeconds[i]);
      equal(row.prompt_tokens, requests.promptTokens[i]);
      equal(row.function, requests.functionId[i] === 0 ? "llama-3.1-8b" : 'say "hi", twice');
      if (row.outcome === "completed") {
        const [first, last, arrival] = [
          row.first_token_s,
          row.completed_s,
          row.arrival_s,
        ] as number[];
        equal(row.instance, requests.instanceId[i]);
        equal(row.ttft_s, first - arrival);
        equal(row.e2e_s, last - arrival);
        equal(row.scheduling_delay_s, row.scheduled_s as number - arrival);
        const output = row.output_tokens as number;
        equal(row.tpot_s, output > 1 ? (last - first) / (output - 1) : null);
        equal(row.max_tbt_s === null, output < 2);
      } else {
        nulls++;
        equal(row.outcome, "rejected_length");
        for (const name of ["instance", "scheduled_s", "ttft_s", "tpot_s", "e2e_s"]) {
          equal(row[name], null);
        }
      }
    }
    ok(nulls > 20);
  });
});

Deno.test("cold_start_waits.parquet joins requests.parquet: its rows add up to their waits", async () => {
  await written(async (path) => {
    const sums = new Map<unknown, number>();
    for (const row of await readRows(`${path}/cold_start_waits.parquet`)) {
      sums.set(row.request, (sums.get(row.request) ?? 0) + (row.wait_s as number));
    }
    let waited = 0;
    for (const row of await readRows(`${path}/requests.parquet`)) {
      const wait = row.cold_start_wait_s as number;
      equal(sums.has(row.id), wait > 0);
      if (wait > 0) {
        waited++;
        ok(Math.abs(sums.get(row.id)! - wait) < 1e-9);
      }
    }
    ok(waited > 100);
  });
});

Deno.test("Parquet and JSON of every table hold the same rows", async () => {
  await written(async (path) => {
    for (const name of Object.keys(resultTables(madeUpRun(0)))) {
      const json = JSON.parse(Deno.readTextFileSync(`${path}/${name}.json`));
      deepEqual(await readRows(`${path}/${name}.parquet`), json);
      ok(json.length > 0);
    }
  });
});

Deno.test("results of equal runs are equal to the byte, the manifest but for its wall time", async () => {
  const contents = async (wallTimeSeconds: number) => {
    const files: Record<string, string> = {};
    await written(async (path) => {
      for (const { name } of Deno.readDirSync(path)) {
        files[name] = name === "manifest.json"
          ? Deno.readTextFileSync(`${path}/${name}`).replace(/"wall_time_s": .*/, "")
          : await sha256(Deno.readFileSync(`${path}/${name}`));
      }
    }, { wallTimeSeconds });
    return Object.entries(files).sort();
  };
  const first = await contents(1);
  equal(first.length, 6 * FORMATS.length + 2);
  deepEqual(await contents(2), first);
});

Deno.test("manifest.json names configuration, inputs, code and tools", async () => {
  const inputs = [{ name: "trace.csv", content: "abc" }];
  await written((path) => {
    const manifest = JSON.parse(Deno.readTextFileSync(`${path}/manifest.json`));
    equal(manifest.seed, 42);
    equal(manifest.config.simulation.duration, 3600);
    // FIPS 180-2, example B.1.
    deepEqual(manifest.inputs, [{
      name: "trace.csv",
      sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    }]);
    equal(manifest.deno, Deno.version.deno);
    equal(manifest.engine.stepping, "leap");
    deepEqual(manifest.notices, ["made up"]);
    equal(manifest.wall_time_s, 1.5);
    deepEqual(
      [...manifest.files, "manifest.json"].sort(),
      Array.from(Deno.readDirSync(path), ({ name }) => name).sort(),
    );
    ok(manifest.code.revision === null || /^[0-9a-f]{40}$/.test(manifest.code.revision));
    return Promise.resolve();
  }, { inputs, wallTimeSeconds: 1.5 });
});
