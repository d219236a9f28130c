import { deepEqual, equal, match, ok } from "#assert";
import { main } from "../main.ts";
import { withFiles } from "../testing_command_line.ts";

const ROWS = "arrived_at,num_prefill_tokens,num_decode_tokens\n" +
  Array.from({ length: 80 }, (_, i) => `${0.1 * i},1,1\n`).join("");

const REST = `
execution: { source: constant, step_seconds: 50 ms }
scheduler: { max_num_seqs: 1 }
scaling: { enabled: false }
`;

const FILES = {
  "trace.csv": ROWS,
  "drawn.yaml": `${REST}
workload: { type: poisson, arrival_rate: 10, num_requests: 300,
  prompt_length: { distribution: constant, mean: 1 }, decode_length: { distribution: constant, mean: 1 } }
`,
};

async function run(...args: string[]) {
  const out: string[] = [], err: string[] = [];
  const code = await main(args, (line) => out.push(line), (line) => err.push(line));
  return { code, out, err };
}

/** Simulates a configuration, and asks what if its rate is another. */
async function asking(
  folder: string,
  config: string,
  scale: number,
  between = () => {},
) {
  const made = await run("simulate", config, "--out", `${folder}/out`);
  equal(made.code, 0, made.err.join("\n"));
  between();
  const ask = (...more: string[]) =>
    run(
      ...["plan", "whatif", `${folder}/out`, "--set", `workload.rate_scale=${scale}`],
      ...["--seeds", "3", "--store", `${folder}/cells`, "--workers", "1", "--quiet", ...more],
    );
  return { text: await ask(), json: await ask("--json") };
}

Deno.test("whatif says which runs were saturated, marks them, and that no workload is lengthened", async () => {
  await withFiles(FILES, async (folder) => {
    const { text, json } = await asking(folder, `${folder}/drawn.yaml`, 4);
    equal(text.code, 0, text.err.join("\n"));
    const { saturated, notices, isOneRun } = JSON.parse(json.out.join("\n"));
    deepEqual([saturated, isOneRun], [{ before: 0, after: 3 }, false]);
    const said = text.out.join("\n");
    match(said, /Note: 3 of 3 runs after were saturated: their latencies have no steady state/);
    match(
      said,
      /Note: the workload is not lengthened: 300 requests at a higher rate are a shorter/,
    );
    match(said, /ttft_s\.p50 .*s$/m);
    for (const notice of notices) ok(text.out.includes(`Note: ${notice}`), notice);
  });
});

Deno.test("whatif of a replayed trace has no interval: all seeds are one run", async () => {
  await withFiles(FILES, async (folder) => {
    const config = `${folder}/replay.yaml`;
    const trace = JSON.stringify(`${folder}/trace.csv`);
    Deno.writeTextFileSync(config, `${REST}workload: { type: trace, trace: { path: ${trace} } }\n`);
    const { text, json } = await asking(folder, config, 1.2);
    equal(text.code, 0, text.err.join("\n"));
    const { figures, isOneRun } = JSON.parse(json.out.join("\n"));
    ok(isOneRun && figures.length > 5);
    for (const { difference } of figures) {
      deepEqual([difference.lower, difference.upper], [null, null]);
    }
    const said = text.out.join("\n");
    ok(!said.includes("*"), said);
    match(said, /Note: all 3 seeds are one run \(a replayed trace has nothing random\)/);
    const changed = await asking(folder, config, 1.2, () => {
      Deno.writeTextFileSync(`${folder}/trace.csv`, `${ROWS}9,2,2\n`);
    });
    deepEqual([changed.text.code, changed.text.out, changed.text.err.length], [2, [], 1]);
    match(changed.text.err[0], /^Cannot ask what if of .*trace\.csv.* SHA-256 .*, the manifest /);
  });
});

Deno.test("whatif says of a manifest without digests that a trace is taken to be the same", async () => {
  await withFiles(FILES, async (folder) => {
    const config = `${folder}/replay.yaml`;
    const trace = JSON.stringify(`${folder}/trace.csv`);
    Deno.writeTextFileSync(config, `${REST}workload: { type: trace, trace: { path: ${trace} } }\n`);
    const { text } = await asking(folder, config, 1.2, () => {
      const path = `${folder}/out/manifest.json`;
      const manifest = JSON.parse(Deno.readTextFileSync(path));
      Deno.writeTextFileSync(path, JSON.stringify({ ...manifest, inputs: [] }));
    });
    equal(text.code, 0, text.err.join("\n"));
    match(text.out.join("\n"), /Note: the manifest of .* has no digest of .*trace\.csv/);
  });
});
