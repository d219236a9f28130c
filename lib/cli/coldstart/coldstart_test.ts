import { deepEqual, equal, match, ok } from "#assert";
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
    const { text } = await coldStart(...MODEL, "--preset", "simple", "--cache", cache, "--json");
    return JSON.parse(text)[0].starts[0].readyAtSeconds as number;
  };
  const [warm, ssd, none] = [await seconds("warm"), await seconds("ssd"), await seconds("none")];
  ok(warm < ssd && ssd < none, `${warm} ${ssd} ${none}`);
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
