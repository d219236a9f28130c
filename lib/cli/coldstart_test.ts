import assert from "@std/assert";
import { runColdStart } from "./coldstart.ts";
import { runTargets } from "./targets.ts";

async function coldStart(...args: string[]): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  const code = await runColdStart(args, (line) => lines.push(line));
  return { code, text: lines.join("\n") };
}

const MODEL = ["some-model", "--weights", "20GB", "--layers", "32"];

Deno.test("runColdStart() compares all presets unless told which", async () => {
  const { code, text } = await coldStart(...MODEL);
  assert.equal(code, 0);
  for (const preset of ["vllm-v1", "medusa", "hydraserve-single"]) assert.ok(text.includes(preset));
});

Deno.test("runColdStart() takes longer the further away the weights are", async () => {
  const seconds = async (cache: string) => {
    const { text } = await coldStart(...MODEL, "--preset", "simple", "--cache", cache, "--json");
    return JSON.parse(text)[0].starts[0].readyAtSeconds as number;
  };
  const [warm, ssd, none] = [await seconds("warm"), await seconds("ssd"), await seconds("none")];
  assert.ok(warm < ssd && ssd < none, `${warm} ${ssd} ${none}`);
});

Deno.test("runColdStart() shares a node's links between instances", async () => {
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
  const near = (actual: number, expected: number) => assert.ok(Math.abs(actual - expected) < 1e-6);
  near(await fetchSeconds(), 10);
  near(await fetchSeconds("--instances", "4"), 40);
  near(await fetchSeconds("--instances", "4", "--same-model"), 10);
});

Deno.test("runColdStart() says in one line what is wrong", async () => {
  for (
    const [args, expected] of [
      [["m", "--weights", "20kg"], /--weights .* 20kg/],
      [[...MODEL, "--cache", "hot"], /warm, dram, ssd, none: current value is hot/],
      [[...MODEL, "--preset", "vllm"], /current value is vllm/],
      [[...MODEL, "--preset", "absent.yaml"], /absent\.yaml/],
      [[...MODEL, "--tp", "0"], /--tp .* 0/],
    ] as const
  ) {
    const { code, text } = await coldStart(...args);
    assert.equal(code, 2);
    assert.match(text, expected);
    assert.equal(text.split("\n").length, 1);
  }
});

/** Targets that are not met, as docs/elastic-fleets.md says. */
const MISSED = ["aws-lambda/cold_share/mean error", "aws-lambda/instances/mean error"];

Deno.test("runTargets() prints a row per target and says whether all are met", () => {
  const lines: string[] = [];
  // Every group once; the cold starts, which take no time, as a table too.
  assert.equal(runTargets(["--json"], (line) => lines.push(line)), 1);
  const rows = JSON.parse(lines.join("\n")) as { id: string; pass: boolean | null }[];
  assert.ok(rows.length > 90);
  assert.deepEqual(rows.filter(({ pass }) => pass === false).map(({ id }) => id), MISSED);
  lines.length = 0;
  assert.equal(runTargets(["vllm-v1"], (line) => lines.push(line)), 0);
  const judged = rows.filter(({ id, pass }) => id.startsWith("vllm-v1/") && pass !== null).length;
  assert.equal(lines.at(-1), `${judged} of ${judged} targets met`);
  assert.equal(runTargets(["nonsense"], () => {}), 2);
});

Deno.test("runColdStart() draws the stages into a file", async () => {
  const directory = await Deno.makeTempDir();
  const file = `${directory}/stages.svg`;
  const { code } = await coldStart(...MODEL, "--preset", "vllm-v1", "--figure", file);
  assert.equal(code, 0);
  const svg = await Deno.readTextFile(file);
  for (const stage of ["weights fetch", "compile"]) assert.ok(svg.includes(stage), stage);
  const { code: wrong, text } = await coldStart(...MODEL, "--figure", `${directory}/stages.gif`);
  assert.deepEqual([wrong, /svg, png, pdf: current value is gif/.test(text)], [2, true]);
});
