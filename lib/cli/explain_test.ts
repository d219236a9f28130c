import { equal, match, ok } from "#assert";
import { main } from "./main.ts";
import { withFiles } from "./testing_command_line.ts";

/** A command line in this process: starting another for each would be most of what these tests cost. */
async function run(...args: string[]) {
  const [out, errors]: [string[], string[]] = [[], []];
  const code = await main(args, (line) => out.push(line), (line) => errors.push(line));
  return { code, stdout: out.join("\n"), stderr: errors.join("\n") };
}

const CONFIG = JSON.stringify({
  simulation: { random_seed: 3 },
  workload: {
    type: "gamma",
    arrival_rate: 3,
    cv: 4,
    num_requests: 300,
    prompt_length: { distribution: "lognormal", mean: 1500, std: 4000, max: 16000 },
    decode_length: { distribution: "exponential", mean: 100, min: 1, max: 1000 },
  },
  memory: { num_gpu_blocks: 2500 },
  scaling: { enabled: true, min_instances: 0, max_instances: 3, keep_alive: { seconds: 20 } },
});

interface Story {
  readonly request: number;
  readonly ttftSeconds: number;
  readonly e2eSeconds: number;
  readonly parts: Readonly<Record<string, number>>;
  readonly stages: readonly { readonly seconds: number }[];
  readonly text: string;
}

interface Explained {
  readonly requests: number;
  readonly bands: readonly {
    readonly band: string;
    readonly requests: number;
    readonly meanSeconds: number;
    readonly parts: object;
  }[];
  readonly stories: readonly Story[];
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** Whether two times are the same but for rounding, seconds. */
const near = (a: number, b: number) => ok(Math.abs(a - b) < 1e-9, `${a}, ${b}`);

Deno.test("explain says where the time of the slowest requests went, and its parts add up", async () => {
  await withFiles({ "a.yaml": CONFIG }, async (directory) => {
    const out = `${directory}/out`;
    equal((await run("simulate", `${directory}/a.yaml`, "--out", out, "--quiet")).code, 0);
    const shown = await run("explain", out);
    equal(shown.code, 0, shown.stderr);
    match(shown.stdout, /^mean of +requests +in all +start +engine queue/m);
    match(shown.stdout, /^TTFT +p99 to p100/m);
    match(shown.stdout, /^10 of 300 requests, slowest first by e2e_s:$/m);
    match(
      shown.stdout,
      /^request \d+: arrived [\d.]+ s; waited [\d.]+ s for instance \d+ \(.*; TTFT .*, E2E .* s$/m,
    );
    const json = await run("explain", out, "--json", "--slowest", "300", "--by", "ttft_s");
    const { requests, bands, stories }: Explained = JSON.parse(json.stdout);
    equal(requests, 300);
    equal(stories.length, 300);
    stories.forEach(({ parts, e2eSeconds, ttftSeconds, stages }, i) => {
      near(sum(Object.values(parts)), e2eSeconds);
      const decode = Object.entries(parts).filter(([name]) => name.startsWith("decode"));
      near(sum(Object.values(parts)) - sum(decode.map(([, seconds]) => seconds)), ttftSeconds);
      near(sum(stages.map(({ seconds }) => seconds)), parts.start ?? 0);
      ok(i === 0 || stories[i - 1].ttftSeconds >= ttftSeconds, "slowest first");
    });
    for (const { meanSeconds, parts } of bands) near(sum(Object.values(parts)), meanSeconds);
    const some = await run("explain", out, "--where", "ttft_s>2 and prompt_tokens<500", "--json");
    const found: Explained = JSON.parse(some.stdout);
    equal(found.bands.find(({ band }) => band === "all")?.requests, found.requests);
    equal(
      found.requests,
      stories.filter(({ ttftSeconds, request }) =>
        ttftSeconds > 2 && promptOf(stories, request) < 500
      ).length,
    );
    const one = await run("explain", out, "--request", "7");
    equal(one.stdout, stories.find(({ request }) => request === 7)!.text);
  });
});

function promptOf(stories: readonly Story[], request: number): number {
  const story = stories.find((one) => one.request === request) as unknown as {
    readonly promptTokens: number;
  };
  return story.promptTokens;
}

Deno.test("explain refuses what it cannot explain with one line that says what to do", async () => {
  const files = {
    "a.yaml": "workload: { num_requests: 20 }\n",
    "off.yaml": "workload: { num_requests: 20 }\nmetrics: { explain: false }\n",
    "mine/notes.txt": "mine",
    "plan/manifest.json": '{ "format": "simfaasinfer-plan/1" }',
    "cells/manifest.json": '{ "format": "simfaasinfer-results/1", "experiment": { "id": "01" } }',
  };
  await withFiles(files, async (directory) => {
    for (const [name, ...options] of [["a"], ["off"], ["csv", "--format", "csv"]]) {
      const config = `${directory}/${name === "csv" ? "a" : name}.yaml`;
      const out = `${directory}/${name}`;
      equal((await run("simulate", config, "--out", out, "--quiet", ...options)).code, 0);
    }
    const refused: readonly (readonly [string[], RegExp])[] = [
      [["mine"], /^Cannot explain a directory as results of a run: .*mine", without a manifest/],
      [["nowhere"], /^Cannot explain a directory as results of a run: .*nowhere", without/],
      [["plan"], /plan", a plan, which keeps no requests: simulate the configuration in its plan/],
      [["cells"], /cells", an experiment, .*: simulate the configuration of one cell with --out/],
      [["csv"], /csv", whose tables are CSV: simulate it again with --format parquet$/],
      [["off"], /without latency_parts\.parquet .*simulate it again with metrics\.explain: true$/],
      [[], /^Cannot explain without results: write explain RESULT_DIR$/],
      [["a", "--request", "20"], /^Cannot find a request as one of the 20 from 0 on: .* is 20$/],
      [["a", "--request", "x"], /^Cannot read --request as a whole number from 0 on: .*"x"$/],
      [["a", "--slowest", "0"], /^Cannot read --slowest as a whole number from 1 on/],
      [["a", "--by", "tttf_s"], /^Cannot read --by as one of .*did you mean ttft_s/],
      [["a", "--where", "tttf_s>2"], /"tttf_s" \(did you mean ttft_s\?\)$/],
      [["a", "--where", "ttft_s"], /^Cannot read a condition as COLUMN OPERATOR VALUE/],
      [["a", "--where", "ttft_s>2s"], /^Cannot compare ttft_s with a number without a unit/],
      [["a", "--where", "outcome>completed"], /^Cannot compare the texts of outcome/],
      [["a", "--request", "1", "--where", "id=1"], /--request with --where$/],
    ];
    for (const [args, message] of refused) {
      const [folder, ...options] = args;
      const of = folder === undefined ? [] : [`${directory}/${folder}`, ...options];
      const { code, stdout, stderr } = await run("explain", ...of);
      equal(code, 2, `${args}: ${stdout}`);
      equal(stderr.split("\n").length, 1, stderr);
      match(stderr, message);
    }
  });
});
