import { deepEqual, equal, match, ok } from "#assert";
import { loadConfig } from "../../config/load.ts";
import { simulate } from "../../run/simulate.ts";
import { COLD_START_PRESETS } from "../../serverless/cold_start/presets.ts";
import { main } from "../main.ts";

async function coldStart(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await main(
    ["coldstart", ...args],
    (line) => out.push(line),
    (line) => err.push(line),
  );
  return { code, text: out.join("\n"), err };
}

const MODEL = ["some-model", "--weights", "20GB", "--layers", "32"];

/** A start of one's own: what it fetches goes on beside what it runs. */
const OWN = `
id: mine
summary: two stages beside each other, one after both
stages:
  - { stage: my_import, after: [], seconds: 2 }
  - stage: my_fetch
    after: []
    transfer: { what: weights, from: { remote: { links: [nic] } } }
  - { stage: my_load, after: [my_import, my_fetch], seconds: 1 }
`;

Deno.test("coldstart compares all presets unless told which", async () => {
  const { code, text } = await coldStart(...MODEL);
  equal(code, 0);
  for (const preset of ["vllm-v1", "medusa", "hydraserve-single"]) ok(text.includes(preset));
});

Deno.test("coldstart takes longer the further away the weights are", async () => {
  const seconds = async (cache: string) => {
    const card = ["--nic", "25Gbps"];
    const { text } = await coldStart(
      ...[...MODEL, "--preset", "simple", ...card, "--cache", cache, "--json"],
    );
    return JSON.parse(text)[0].starts[0].readyAtSeconds as number;
  };
  const [warm, ssd, none] = [await seconds("warm"), await seconds("ssd"), await seconds("none")];
  ok(warm < ssd && ssd < none, `${warm} ${ssd} ${none}`);
});

/** What coldstart says of a start of Llama-3.1-8B, seconds. */
async function startSeconds(...args: string[]): Promise<number> {
  const { code, text, err } = await coldStart("llama-3.1-8b", "--json", ...args);
  equal(code, 0, String(err));
  return JSON.parse(text)[0].starts[0].readyAtSeconds;
}

Deno.test("coldstart and a run give the same start: each preset, on the default machine and on others", async () => {
  for (const preset of COLD_START_PRESETS) {
    for (const machine of [null, "generic", "aws-p5", "ecs-a10"]) {
      const nodes = machine === null ? "" : `, nodes: [{ count: 1, gpus: 1, type: ${machine} }]`;
      const gpu = machine === "ecs-a10" ? "A10" : "H100";
      const { instances } = await simulate(loadConfig(`
model: { name: llama-3.1-8b, max_model_len: 1024 }
workload:
  { type: uniform, arrival_rate: 0.01, num_requests: 1, prompt_length: { distribution: constant, mean: 8 } }
cluster: { gpu_type: ${gpu}${nodes} }
scaling: { min_instances: 0, keep_alive: { policy: always } }
cold_start: { preset: ${preset}, ${preset === "simfaasinfer" ? "parameters: { noise: 0 }" : ""} }
`));
      const seconds = instances.endAtSeconds[0] - instances.startAtSeconds[0];
      const own = await startSeconds(
        ...["--preset", preset, ...(machine === null ? [] : ["--node", machine])],
        ...(gpu === "H100" ? [] : ["--gpu", gpu]),
      );
      equal(instances.phaseNames[instances.phase[0]], "starting");
      ok(Math.abs(seconds - own) < 1e-6, `${preset} on ${machine}: ${seconds} s, not ${own} s`);
    }
  }
});

Deno.test("what is said closest to the machine wins: a rate, the named machine, the preset, the default", async () => {
  const seconds = (...args: string[]) => startSeconds("--preset", "serverless-vllm", ...args);
  const [bytes, rest] = [2 * 8_030_261_248, 5.95 + 2 * 8_030_261_248 / 3.45e9];
  const near = (actual: number, nic: number) =>
    ok(Math.abs(actual - rest - bytes / nic) < 1e-6, `${actual} with ${nic} B/s`);
  near(await seconds(), 2e9);
  near(await seconds("--node", "generic"), 12.5e9);
  near(await seconds("--node", "generic", "--nic", "1GB/s"), 1e9);
  near(await seconds("--nic", "4GB/s"), 4e9);
});

Deno.test("coldstart shares a node's links between instances", async () => {
  const fetchSeconds = async (...more: string[]) => {
    const { text } = await coldStart(
      ...[...MODEL, "--preset", "simple", "--nic", "2GB/s", "--json", ...more],
    );
    const stages = JSON.parse(text)[0].starts[0].stages as {
      stage: string;
      startAtSeconds: number;
      endAtSeconds: number;
    }[];
    const fetch = stages.find(({ stage }) => stage === "weights_fetch")!;
    return fetch.endAtSeconds - fetch.startAtSeconds;
  };
  const near = (actual: number, expected: number) => ok(Math.abs(actual - expected) < 1e-6);
  near(await fetchSeconds(), 10);
  near(await fetchSeconds("--instances", "4"), 40);
  near(await fetchSeconds("--instances", "4", "--same-model"), 10);
});

Deno.test("coldstart says in one line on stderr what is wrong", async () => {
  const cases: [string[], RegExp][] = [
    [[], /^Cannot start an instance without a model: write coldstart MODEL$/],
    [["a", "b"], /^Cannot read the arguments of coldstart as 1 at most/],
    [[...MODEL, "--prset", "simple"], /--prset as an option .*\(did you mean --preset\?\)/],
    [["m", "--weights", "20kg"], /--weights .*"20kg"$/],
    [[...MODEL, "--cache", "hot"], /warm, dram, ssd, none: current value is "hot"$/],
    [[...MODEL, "--preset", "vllm"], /current value is vllm$/],
    [[...MODEL, "--preset", "absent.yaml"], /absent\.yaml"$/],
    [[...MODEL, "--tp", "0"], /--tp .*"0"$/],
    [[...MODEL, "--gpu", "x9"], /current value is x9$/],
    [[...MODEL, "--node", "p9"], /current value is p9$/],
    [[...MODEL, "--figure", "stages.gif"], /svg, png, pdf: current value is "gif"$/],
    [[...MODEL, "--graph", "no/where.svg"], /^Cannot write a figure .*"no\/where\.svg"$/],
  ];
  for (const [args, says] of cases) {
    const { code, text, err } = await coldStart(...args);
    deepEqual([code, text, err.length], [2, "", 1], String(err));
    match(err[0], says);
  }
});

Deno.test("coldstart draws critical paths as bars, and what waits for what as a graph", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${directory}/own.yaml`, OWN);
    const files = { "--figure": `${directory}/bars.svg`, "--graph": `${directory}/graph.svg` };
    const { code, err } = await coldStart(
      ...[...MODEL, "--preset", `${directory}/own.yaml`, "--preset", "vllm-v1", "--nic", "4GB/s"],
      ...Object.entries(files).flat(),
    );
    equal(code, 0, String(err));
    const bars = await Deno.readTextFile(files["--figure"]);
    for (const stage of ["weights fetch", "compile", "my fetch"]) ok(bars.includes(stage), stage);
    ok(!bars.includes("my import"), "beside the critical path");
    const graph = await Deno.readTextFile(files["--graph"]);
    for (const label of ["my import", "my fetch", "5.00 s, 20.0 GB", "KV profile"]) {
      ok(graph.includes(`>${label}<`), label);
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("the figures of docs/cold-start.md are what its commands draw", async () => {
  const root = new URL("../../../", import.meta.url);
  const page = (await Deno.readTextFile(new URL("docs/cold-start.md", root)))
    .replaceAll(/\\\n */g, "");
  const commands = [
    ...page.matchAll(/deno task coldstart ([^`\n]*) (--\w+) (docs\/figures\/[\w-]+\.svg)/g),
  ];
  equal(commands.length, 2);
  const directory = await Deno.makeTempDir();
  try {
    for (const [, args, option, file] of commands) {
      const drawn = `${directory}/drawn.svg`;
      equal((await coldStart(...args.split(" "), option, drawn)).code, 0);
      const [now, then] = [Deno.readFileSync(drawn), Deno.readFileSync(new URL(file, root))];
      ok(now.length === then.length && now.every((byte, i) => byte === then[i]), file);
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
