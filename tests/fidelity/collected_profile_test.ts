import { ok, strictEqual } from "#assert";
import {
  type CollectedRow,
  importCollected,
  parseCollectedRows,
} from "../../lib/execution/profiled/collected/mod.ts";
import { parseProfile, profiled, shippedProfile } from "../../lib/execution/profiled/mod.ts";
import { gpuNamed } from "../../lib/hardware/mod.ts";
import { modelShape } from "../../lib/models/mod.ts";
import { findExternalData } from "../../lib/results/external_data.ts";
import { h200MeasuredRows } from "../../lib/cli/profile/h200_measured_rows.ts";

const folder = findExternalData("h200-measured");
const text = folder === undefined
  ? ""
  : h200MeasuredRows((name) => Deno.readTextFileSync(`${folder}/${name}.csv`));
const { rows, broken, unknown } = parseCollectedRows(text);
const shape = modelShape("llama-3.1-8b");
const SIZE = { shape, maxTokensPerStep: 8192, maxSequences: 256 };

/** Relative errors of composed steps, by the kernels of attention that the steps ran. */
function errors(
  model: ReturnType<typeof profiled>,
  wanted: (step: CollectedRow<"step">) => boolean,
): number[] {
  return rows.step.filter(wanted).map((step) => {
    const { decodes, context, longest, chunks, ms } = step;
    const seconds = model.stepSeconds({
      decodeSequences: decodes,
      decodeContextTokens: context,
      ...(longest !== undefined && { decodeLongestContextTokens: longest }),
      chunkCount: chunks.length,
      chunkTokens: Int32Array.from(chunks, ([tokens]) => tokens),
      chunkPastTokens: Int32Array.from(chunks, ([, past]) => past),
      sampledSequences: decodes + chunks.length,
    });
    return seconds * 1e3 / ms - 1;
  });
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;
const most = (values: readonly number[]) => Math.max(...values.map(Math.abs));

Deno.test({
  name: "operators collected on an H200 compose to its whole steps (needs reference data)",
  ignore: folder === undefined,
  fn() {
    strictEqual(broken.length + unknown.size, 0);
    const profile = shippedProfile("h200-sxm-torch");
    const model = profiled({ profile, ...SIZE });
    // Launched by a graph: what an eager step takes is the host's time. Four of these steps (contexts of
    // 1,024; 1, 32, 128 and 256 sequences) say what element-wise kernels take between others.
    const decodes = errors(
      model,
      ({ how, kernel, decodes }) => how === "graph" && decodes > 0 && kernel === "triton-split",
    );
    strictEqual(decodes.length, 31);
    ok(mean(decodes) < 0.015 && most(decodes) < 0.04, `${mean(decodes)} ${most(decodes)}`);
    const prompts = errors(
      model,
      ({ how, kernel, decodes }) =>
        how === "graph" && decodes === 0 && kernel === "flash-attention-2",
    );
    strictEqual(prompts.length, 12);
    ok(mean(prompts) < 0.04 && most(prompts) < 0.07, `${mean(prompts)} ${most(prompts)}`);
    // The same operators with another kernel for prompts, by the option of the import.
    const { profile: cudnn } = importCollected(rows, {
      gpu: "h200-sxm",
      known: gpuNamed("h200-sxm"),
      kernels: { prompt: "cudnn", decode: "flash-attention-2" },
    });
    const other = profiled({ profile: cudnn, ...SIZE });
    const whole = errors(
      other,
      ({ how, kernel, decodes }) => how === "graph" && decodes === 0 && kernel === "cudnn",
    );
    strictEqual(whole.length, 7);
    ok(mean(whole) < 0.04 && most(whole) < 0.06, `${mean(whole)} ${most(whole)}`);
    const flash = errors(
      other,
      ({ how, kernel, decodes }) =>
        how === "graph" && decodes > 0 && decodes < 256 && kernel === "flash-attention-2",
    );
    ok(mean(flash) < 0.03 && most(flash) < 0.04, `${mean(flash)} ${most(flash)}`);
  },
});

Deno.test({
  name: "profile derive gives the shipped h200-sxm-torch again (needs reference data)",
  ignore: folder === undefined,
  async fn() {
    const { deriveProfile } = await import("../../lib/cli/profile/derive_profile.ts");
    const { PROFILE_RECIPES } = await import("../../lib/cli/profile/profile_recipes.ts");
    const { writeProfile } = await import("../../lib/execution/profiled/mod.ts");
    const recipe = PROFILE_RECIPES.find(({ name }) => name === "h200-sxm-torch")!;
    const written = writeProfile(await deriveProfile(recipe, folder!));
    const path = new URL("../../data/profiles/h200-sxm-torch.json", import.meta.url);
    strictEqual(written, Deno.readTextFileSync(path));
    strictEqual(parseProfile(written).facts!.power.length, 6);
  },
});
