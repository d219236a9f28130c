import assert from "#assert";
import { readParquet } from "../../lib/cli/read_parquet.ts";
import { LAYER_FOLDERS, pointErrors } from "../../lib/experiment/validation/layer_operator.ts";
import { LAYER_OPERATORS } from "../../lib/experiment/validation/layer_operators.ts";
import { findExternalData } from "../../lib/results/external_data.ts";

const folder = findExternalData("aiconfigurator-ops");

/** Median and 90th percentile of absolute errors, on points above 20 us that nothing was fitted to. */
const BAR = { median: 0.15, p90: 0.4 };

/** What does not reach the bar, and how far off it may be instead; docs/fidelity.md says why. */
const BEYOND: Readonly<Record<string, { median: number; p90: number }>> = {
  // Kernels of an older version than those that the constants are of.
  "latent attention alone, prompts h100-sxm": { median: 0.15, p90: 0.46 },
  "latent attention alone, prompts h200-sxm": { median: 0.15, p90: 0.5 },
  // B200's layers became twice as fast between the two versions, and prompts are launched otherwise.
  "latent layer, decodes, vLLM 0.19.0 b200-sxm": { median: 0.48, p90: 0.6 },
  "latent layer, prompts, vLLM 0.19.0 b200-sxm": { median: 0.47, p90: 0.58 },
  "sparse layer, prompts, vLLM 0.19.0 h200-sxm": { median: 0.15, p90: 0.43 },
  "sparse layer, prompts, vLLM 0.19.0 b200-sxm": { median: 0.2, p90: 0.45 },
  // The network of that cluster gave half its rate at eight machines, to this kernel alone.
  "all-to-all, normal, dispatch, 8 machines h100-sxm": { median: 0.22, p90: 0.55 },
  "all-to-all, normal, dispatch, 8 machines h200-sxm": { median: 0.22, p90: 0.55 },
  "all-to-all, normal, combine, 8 machines h100-sxm": { median: 0.28, p90: 0.54 },
  "all-to-all, normal, combine, 8 machines h200-sxm": { median: 0.28, p90: 0.54 },
};

const page = Deno.readTextFileSync(new URL("../../docs/fidelity.md", import.meta.url));
const [, section] = page.split("## Layers of other kinds");

for (const operator of LAYER_OPERATORS) {
  for (const [gpu, path] of Object.entries(operator.tables)) {
    Deno.test({
      name:
        `analytical ${operator.name} on ${gpu} is near what was measured (needs reference data)`,
      ignore: folder === undefined,
      async fn() {
        const rows = await readParquet(`${folder}/data/${LAYER_FOLDERS[gpu]}/${path}`);
        const errors = pointErrors(operator.points(gpu, rows));
        const bar = BEYOND[`${operator.name} ${gpu}`] ?? BAR;
        const says = `median ${errors.median}, 90th percentile ${errors.p90}`;
        assert.ok(errors.points >= 20, `${errors.points} points`);
        assert.ok(errors.median <= bar.median && errors.p90 <= bar.p90, says);
        const shown = `${(100 * errors.median).toFixed(1)} / ${(100 * errors.p90).toFixed(1)}`;
        assert.ok(section.includes(` ${shown} `), `docs/fidelity.md lacks ${shown}`);
        // What is within the bar needs no exception.
        const isWithin = errors.median <= BAR.median && errors.p90 <= BAR.p90;
        assert.equal(isWithin, bar === BAR, says);
      },
    });
  }
}
