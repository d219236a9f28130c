import { ok } from "#assert";
import { ENERGY_BARS, energyErrors, readEnergyPoints } from "simfaasinfer/measurements";
import { findExternalData } from "../../lib/results/external_data.ts";

const file = findExternalData("ml-energy", "text_energy.csv");

Deno.test({
  name: "power of ML.ENERGY's rows, with nothing fitted on them (needs reference data)",
  ignore: file === undefined,
  fn() {
    const points = readEnergyPoints(Deno.readTextFileSync(file!));
    const groups = {
      all: points,
      ...Object.fromEntries(Map.groupBy(points, ({ gpu }) => gpu)),
      dense: points.filter(({ model }) => /Llama-3|Qwen3-(8|14|32)B|gemma/.test(model)),
    };
    const found = Object.entries(groups).map(([name, members]) => {
      const { errors } = energyErrors(members);
      const percent = (share: number) => (100 * share).toFixed(1);
      console.log(
        `${name}: ${errors.points} rows, median error ${percent(errors.median)} %, within 35 % ` +
          `${percent(errors.within)} %, pairs in order ${percent(errors.ordered)} %`,
      );
      return [name, errors] as const;
    });
    const { all, dense } = Object.fromEntries(found);
    ok(all.points > 500 && all.leftOut < points.length / 9);
    for (const errors of [all, dense]) {
      ok(errors.median <= ENERGY_BARS.median);
      ok(errors.within >= ENERGY_BARS.share);
      ok(errors.ordered >= ENERGY_BARS.ordered);
    }
    const page = Deno.readTextFileSync(new URL("../../docs/energy.md", import.meta.url))
      .replaceAll(/\s+/g, " ");
    const percent = (share: number) => `${Math.round(100 * share)} %`;
    ok(
      page.includes(
        `median error ${percent(all.median)}, ${percent(all.within)} of the rows within 35 %, ` +
          `${percent(all.ordered)} of the pairs of batch sizes in order`,
      ),
      "docs/energy.md tells other numbers",
    );
    ok(page.includes(`in order: ${percent(dense.ordered)} of the pairs`));
    ok(dense.ordered > 0.95, "without experts the order over the batch is that of the work");
  },
});
