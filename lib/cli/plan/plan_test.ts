import { deepEqual, equal, ok } from "#assert";
import { main } from "../main.ts";
import { exists } from "../../results/exists.ts";
import { readParquetColumns } from "../../results/read_parquet.ts";
import type { Plan } from "../../planning/plan_result.ts";
import { withFiles } from "../testing_command_line.ts";

const FILES = {
  "fleet.yaml": `
plan:
  slo: ttft_p95<200ms,attainment>=90%
  over: { cluster.gpu_type: [H100, MI300X], cluster.num_replicas: 1..3 }
  seeds: { least: 2, most: 3 }
slo: { ttft_s: 200 ms }
simulation: { random_seed: 5 }
execution: { source: constant, step_seconds: 50 ms }
scheduler: { max_num_seqs: 1 }
scaling: { enabled: false }
workload: { type: poisson, arrival_rate: 24, num_requests: 200,
  prompt_length: { distribution: constant, mean: 1 }, decode_length: { distribution: constant, mean: 1 } }
`,
  "wrong.yaml": "plan: { sloo: ttft_p99<2s }",
};

async function run(args: readonly string[]) {
  const out: string[] = [], err: string[] = [];
  const code = await main(args, (line) => out.push(line), (line) => err.push(line));
  return { code, out, err };
}

Deno.test("a plan of a file prints the answer, writes what it says and asks what if", async () => {
  await withFiles(FILES, async (folder) => {
    const common = ["--store", `${folder}/cells`, "--workers", "1", "--quiet"];
    const plan = ["plan", `${folder}/fleet.yaml`, ...common];
    const { code, out, err } = await run([...plan, "--out", `${folder}/out`]);
    deepEqual([code, err], [0, []]);
    ok(/^2 x H100 TP1, vllm: \d.* USD\/h, TTFT p95 .* s \[/.test(out[0]), out[0]);
    ok(out.some((line) => /MI300X.*unpriced: no price of mi300x/.test(line)));
    for (const file of ["plan.json", "plan.parquet", "manifest.json", "figures/attainment.svg"]) {
      ok(exists(`${folder}/out/${file}`), file);
    }
    const json = JSON.parse(Deno.readTextFileSync(`${folder}/out/plan.json`));
    equal(json.format, "simfaasinfer-plan/1");
    const { status, index } = await readParquetColumns(`${folder}/out/plan.parquet`, {
      what: "a plan",
    });
    deepEqual(status, json.rows.map((row: { status: string }) => row.status));
    equal(index[json.winner], json.winner);
    deepEqual(JSON.parse((await run([...plan, "--json"])).out.join("\n")), json);
    // Three replicas and the GPU without a price were not run: they have no value, not a bound.
    const unrun = json.sensitivity.flatMap(({ levels }: Plan["sensitivity"][number]) =>
      levels.filter(({ is_run }) => !is_run)
    ) as Plan["sensitivity"][number]["levels"];
    ok(unrun.some(({ level }) => level === "MI300X"));
    for (const { level, value, is_bound } of unrun) {
      deepEqual([value, is_bound], [null, false]);
      ok(out.some((line) => line.includes(`${level}: -`)), String(level));
    }
    const asked = await run([
      ...["plan", "whatif", `${folder}/out`, "--set", "workload.rate_scale=1.5", "--seeds", "2"],
      ...common,
    ]);
    equal(asked.code, 0, asked.err.join("\n"));
    ok(
      asked.out.some((line) => /^workload.arrival_rate +24 +36$/.test(line)),
      asked.out.join("\n"),
    );
    ok(asked.out.some((line) => /runs after were saturated/.test(line)) || asked.out.length > 10);
  });
});

Deno.test("the highest rate and the frontier are answered, and nothing that holds is code 1", async () => {
  await withFiles(FILES, async (folder) => {
    const plan = [
      ...[
        "plan",
        `${folder}/fleet.yaml`,
        "--store",
        `${folder}/cells`,
        "--workers",
        "1",
        "--quiet",
      ],
      ...["--over", "cluster.num_replicas=2..3"],
    ];
    const most = JSON.parse((await run([...plan, "--max-rate", "--json"])).out.join("\n"));
    const [two, three] = most.rows.map((row: { capacity_rps: { mean: number } }) =>
      row.capacity_rps.mean
    );
    // Servers of 20 requests per second each; more of them wait less at the same load.
    ok(two > 24 && two < 40 && three > 1.5 * two && three < 60, `${two}, ${three}`);
    const rich = JSON.parse(
      (await run([...plan, "--max-rate", "--budget", "17", "--json"])).out.join("\n"),
    );
    equal(rich.winner, 0);
    equal(rich.rows[1].status, "over-budget");
    const { rows } = JSON.parse(
      (await run([...plan, "--frontier", "ttft_p99", "--json"])).out.join("\n"),
    );
    deepEqual(rows.map((row: { status: string }) => row.status), ["frontier", "frontier"]);
    const { code, out } = await run([...plan, "--slo", "ttft_p95<51ms"]);
    equal(code, 1);
    ok(/^Nearest miss: 3 x .*ttft_p95 is/.test(out[1]), out[1]);
  });
});

const rows = (perSecond: number) =>
  "arrived_at,num_prefill_tokens,num_decode_tokens\n" +
  Array.from({ length: 60 }, (_, i) => `${i / perSecond},1,1\n`).join("");

Deno.test("files are factors: traces and presets beside the configuration, each with its own runs", async () => {
  const files = {
    "traces.yaml": `
plan: { slo: "ttft_p95<100ms", over: { workload.trace.path: [calm.csv, dense.csv] }, seeds: { least: 2 } }
execution: { source: constant, step_seconds: 50 ms }
scheduler: { max_num_seqs: 1 }
scaling: { enabled: false }
workload: { type: trace }
`,
    "calm.csv": rows(5),
    "dense.csv": rows(50),
    "mine.yaml": Deno.readTextFileSync("data/cold_start/simple.yaml"),
  };
  await withFiles(files, async (folder) => {
    const common = ["--store", `${folder}/cells`, "--workers", "1", "--quiet", "--quick"];
    const plan = ["plan", `${folder}/traces.yaml`, ...common];
    const { rows: both, winner } = JSON.parse((await run([...plan, "--json"])).out.join("\n"));
    equal(winner, 0);
    deepEqual(both.map((row: { status: string }) => row.status), ["winner", "misses"]);
    // A trace that is not there ends it before anything is run.
    const missing = await run([...plan, "--over", "workload.trace.path=[calm.csv,none.csv]"]);
    deepEqual([missing.code, missing.err.length], [2, 1]);
    ok(/none\.csv/.test(missing.err[0]) && /no such file/.test(missing.err[0]), missing.err[0]);
    const twice = await run([...plan, "--trace", `${folder}/calm.csv`]);
    ok(twice.code === 2 && /workload\.trace\.path/.test(twice.err[0]), twice.err[0]);
    const own = await run([
      ...[...plan, "--trace", `${folder}/calm.csv`, "--json"],
      ...["--over", "cold_start.preset=[mine.yaml,vllm-v1];scaling.enabled=[false,true]"],
    ]);
    equal(own.err.join(), "");
    ok(JSON.parse(own.out.join("\n")).rows.every((row: { seeds: number }) => row.seeds > 0));
    const none = await run([
      ...[...plan, "--trace", `${folder}/calm.csv`],
      ...["--over", "cold_start.preset=[other.yaml,vllm-v1]"],
    ]);
    ok(none.code === 2 && /other\.yaml/.test(none.err[0]), none.err[0]);
  });
});

Deno.test("scale to zero against always on is one plan: the example of the documentation", async () => {
  const [, example] = /```yaml\n(# Scale to zero[^`]+)```/.exec(
    Deno.readTextFileSync("docs/planning.md"),
  )!;
  await withFiles({ "zero.yaml": example }, async (folder) => {
    const plan = ["plan", `${folder}/zero.yaml`, "--store", `${folder}/cells`, "--workers", "1"];
    const { out, err, code } = await run([...plan, "--quiet", "--quick", "--json"]);
    deepEqual([code, err.join()], [0, ""]);
    const { rows, winner, runner_up: next, notices } = JSON.parse(out.join("\n"));
    const level = (index: number, path: string) => rows[index].levels[path];
    // Kept for longer than the gaps, an instance is cheaper than one that is always there.
    deepEqual(
      [level(winner, "scaling.min_instances"), level(winner, "scaling.keep_alive.seconds")],
      [0, 300],
    );
    ok(rows[winner].usd_per_hour.mean < rows[next].usd_per_hour.mean);
    for (const row of rows) {
      const { min, seconds } = {
        min: row.levels["scaling.min_instances"],
        seconds: row.levels["scaling.keep_alive.seconds"],
      };
      if (min === 0 && seconds === 30) equal(row.status, "misses", row.label);
      // What is always on costs at least its price, known without a run.
      if (min === 1) ok(row.bound.usd_per_hour_at_least > rows[winner].usd_per_hour.mean);
    }
    ok(notices.some((notice: string) => /of the choice: price of h100/.test(notice)));
  });
});

Deno.test("a mistake of the user's is code 2 and one line with the nearest name", async () => {
  await withFiles(FILES, async (folder) => {
    const cases: readonly [readonly string[], RegExp][] = [
      [["--slo", "tttft_p99<2s"], /did you mean "ttft_p99"/],
      [["--over", "cluster.num_replica=1..2"], /did you mean "cluster.num_replicas"/],
      [["--over", "cluster.num_replicas=3..2"], /different values/],
      [["--over", "cluster.gpu_type=[H100,H10O]"], /"H10O".*did you mean "h100"/],
      [["--rate", "5", "--over", "workload.qps=[1,2]"], /both decide the rate/],
      [["--set", "cluster.gpu_type=A100"], /beside a value that is set for all/],
      [["--over", "cluster.gpu_type=[MI300X]"], /cost\.gpu_cost_per_hour\.mi300x=DOLLARS/],
      [["--slo", "ttft_p99>2s"], /did you mean "ttft_p99<2s"/],
      [["--objective", "enrgy"], /did you mean "energy"/],
      [["--objective", "costs"], /did you mean "cost"/],
      [["--budget", "much"], /dollars per hour, such as 40USD\/h/],
      [["--rate", "0"], /requests per second above 0/],
      [["--max-rate", "--rate", "3"], /another question/],
      [["--frontier", "cost.idle_share"], /one of a latency/],
      [["--slo", "ttft_p99<2s", "--set", "slo.ttft_s=null", "--slo", "attainment>=1"], /one value/],
    ];
    for (const [args, message] of cases) {
      const { code, err } = await run(["plan", `${folder}/fleet.yaml`, "--quiet", ...args]);
      deepEqual([code, err.length], [2, 1], `${args}: ${err}`);
      ok(message.test(err[0]), err[0]);
    }
    const { code, err } = await run(["plan", `${folder}/wrong.yaml`]);
    equal(code, 2);
    ok(/unknown key "plan\.sloo"; did you mean "slo"/.test(err[0]), err[0]);
    for (const args of [["whatif", "nothere"], ["whatif", folder, "--set", "a=1"]]) {
      equal((await run(["plan", ...args])).code, 2);
    }
  });
});
