import { plainTransformer } from "../../models/plain_shape.ts";
import assert from "#assert";
import { parseProfile } from "../../execution/profiled/profile_text.ts";
import { profiled } from "../../execution/profiled/profiled.ts";
import { findExternalData } from "../../results/external_data.ts";
import { runProfile } from "./profile.ts";

const reference = findExternalData("aiconfigurator");

async function run(args: readonly string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  const code = await runProfile(args, (line) => lines.push(line));
  return { code, lines };
}

Deno.test("profile show prints coverage and the error of the smooth fit", async () => {
  const { code, lines } = await run(["show", "h100-sxm"]);
  assert.equal(code, 0);
  assert.match(lines[0], /h100-sxm: vllm 0\.24\.0 kernels from ai-dynamo\/aiconfigurator/);
  assert.ok(lines.some((line) => /gemm dtype bf16: \d+ times, .* smooth fit off by \d/.test(line)));
});

Deno.test("profile synthesize writes a profile that composes, the same for the same seed", async () => {
  const folder = Deno.makeTempDirSync();
  const texts: string[] = [];
  for (const seed of ["1", "1", "2"]) {
    const out = `${folder}/synthetic.json`;
    const args = ["synthesize", "--gpu", "h100-sxm", "--out", out, "--seed", seed];
    assert.equal((await run(args)).code, 0);
    texts.push(Deno.readTextFileSync(out));
  }
  assert.equal(texts[0], texts[1]);
  assert.notEqual(texts[0], texts[2]);
  const shape = plainTransformer({
    name: "small",
    layers: 2,
    hiddenSize: 1024,
    intermediateSize: 4096,
    heads: 8,
    kvHeads: 2,
    headSize: 128,
    vocabSize: 32000,
    maxPositions: 4096,
    gatedFeedForward: true,
    tiedEmbeddings: false,
    learnedPositions: false,
    bias: "none",
    slidingWindowTokens: 0,
  });
  const model = profiled({ profile: parseProfile(texts[0]), shape });
  const chunk = { chunkTokens: Int32Array.of(0), chunkPastTokens: Int32Array.of(0) };
  const one = { decodeSequences: 1, decodeContextTokens: 100, chunkCount: 0, sampledSequences: 1 };
  assert.ok(model.stepSeconds({ ...one, ...chunk }) > 0);
  Deno.removeSync(folder, { recursive: true });
});

Deno.test({
  name: "profile import reads published folders (needs reference data)",
  ignore: reference === undefined,
  async fn() {
    const folder = Deno.makeTempDirSync();
    const out = `${folder}/imported.json`;
    const mlp = findExternalData(
      "vidur",
      "profiling/compute/a100/meta-llama/Llama-2-7b-hf/mlp.csv",
    )!;
    const model = ["--model", "llama-2-7b", "--gpu", "a100-sxm-80gb", "--out", out];
    assert.equal((await run(["import", mlp, "--format", "vidur", ...model])).code, 0);
    const vidur = parseProfile(Deno.readTextFileSync(out));
    assert.ok(vidur.tables.some((table) => table.attributes.layer === "gate_up_proj"));
    const path = `${reference}/data/a100_sxm`;
    const args = [
      "import",
      path,
      "--format",
      "aiconfigurator",
      "--gpu",
      "a100-sxm-80gb",
      "--out",
      out,
    ];
    assert.equal((await run(args)).code, 0);
    const imported = parseProfile(Deno.readTextFileSync(out));
    assert.equal(imported.tables[0].axes[2].points.length, 21);
    Deno.removeSync(folder, { recursive: true });
  },
});

Deno.test({
  name: "profile derive gives the shipped bytes again (needs reference data)",
  ignore: reference === undefined,
  async fn() {
    const path = new URL("../../../data/profiles/rtx-4090.json", import.meta.url);
    const before = Deno.readTextFileSync(path);
    const { deriveProfile } = await import("./derive_profile.ts");
    const { PROFILE_RECIPES } = await import("./profile_recipes.ts");
    const { writeProfile } = await import("../../execution/profiled/profile_text.ts");
    for (const name of ["rtx-4090", "a100-sxm-80gb", "h200-sxm-layers", "a100-sxm-80gb-layers"]) {
      const recipe = PROFILE_RECIPES.find((candidate) => candidate.name === name)!;
      const text = writeProfile(await deriveProfile(recipe, findExternalData(recipe.format)!));
      const shipped = new URL(`../../../data/profiles/${name}.json`, import.meta.url);
      assert.equal(text, Deno.readTextFileSync(shipped), name);
    }
    assert.equal(Deno.readTextFileSync(path), before);
  },
});

Deno.test("profile show draws the roofline and what was measured", async () => {
  const folder = Deno.makeTempDirSync();
  const files = [`${folder}/roofline.svg`, `${folder}/coverage.svg`];
  await run(["show", "a100-sxm-80gb", "--figure", files[0], "--coverage", files[1]]);
  const [roofline, coverage] = files.map((file) => Deno.readTextFileSync(file));
  for (const text of ["GEMM bf16", "prefill attention", "decode attention", ">bf16<"]) {
    assert.ok(roofline.includes(text), text);
  }
  const panels = coverage.match(/>(gemm|context attention|generation attention), /g)!;
  assert.ok(panels.length >= 3);
  await assert.rejects(
    run(["show", "rtx-4090", "--figure", files[0]]),
    { name: "UsageError", message: /Cannot draw the roofline of rtx-4090/ },
  );
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("profile names what is wrong with a command line", async () => {
  const wrong: [string[], RegExp][] = [
    [["nonsense"], /"profile nonsense" as one of show, learn, collect, import, derive, synthesize/],
    [["show"], /"profile show" as "profile show FILE\|GPU"/],
    [["show", "h100-sxm", "--figur", "x.svg"], /--figur .* \(did you mean --figure\?\)/],
    [["show", "h100-sxm", "--figure", "x.gif"], /ending of a figure as one of svg, png, pdf/],
    [["synthesize", "--gpu", "h100-sxm"], /"profile synthesize" without --out FILE/],
    [
      ["synthesize", "--gpu", "h100-sxm", "--out", "x", "--noise", "-1"],
      /--noise as a number >= 0/,
    ],
    [
      ["import", "x", "--gpu", "h100-sxm", "--out", "x"],
      /"profile import" without --format FORMAT/,
    ],
    [["learn", "rtx-4090"], /Cannot learn from rtx-4090/],
  ];
  for (const [args, message] of wrong) {
    await assert.rejects(run(args), { name: "UsageError", message });
  }
  await assert.rejects(
    run(["synthesize", "--gpu", "h1", "--out", "x"]),
    /Cannot use a GPU as one of .*: current value is h1/,
  );
  const { code, lines } = await run(["--help"]);
  assert.equal(code, 0);
  assert.match(lines.join("\n"), /Usage: deno task profile/);
});
