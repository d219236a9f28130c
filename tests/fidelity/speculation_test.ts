import { deepEqual, equal, ok } from "#assert";
import { parse } from "@std/csv";
import { acceptanceDraws } from "../../lib/execution/speculation/mod.ts";
import { findExternalData } from "../../lib/results/external_data.ts";
import { randomStreams } from "../../lib/sim/random_streams.ts";
import { ACCEPTANCE, cellOf, fittedSpeedUp, ownSpeedUps } from "../support/speculation_cells.ts";
import {
  type ComparedCell,
  comparedCells,
  makeSpeculationPage,
  PAGE,
} from "../support/speculation_page.ts";
import { closedSpeedUp, overKinds } from "../support/speculation_formulas.ts";

const folder = findExternalData("specdecode");
const ignore = folder === undefined;

/** Data sets whose requests accept so unequally that the pooled mean says little of their speed-up. */
const UNEQUAL = ["instructcoder/eagle3", "instructcoder/ngram", "sharegpt/ngram"];

interface Target {
  readonly dataset: string;
  readonly proposer: "eagle3" | "ngram";
  readonly batch: number;
  readonly drafted: number | "oracle";
  readonly speedUp: number;
}

function targets(): Target[] {
  const text = Deno.readTextFileSync(`${folder}/targets.csv`);
  return parse(text, { skipFirstRow: true }).map((row) => ({
    dataset: row.dataset!,
    proposer: row.proposer as "eagle3",
    batch: Number(row.batch),
    drafted: row.k === "oracle" ? "oracle" : Number(row.k),
    speedUp: Number(row.speedup_by_throughput),
  }));
}

Deno.test("with its fitted step times an engine has the closed form's speed-ups", () => {
  for (const name of Object.keys(ACCEPTANCE)) {
    const [dataset, proposer] = name.split("/") as [string, "eagle3"];
    for (const batch of [1, 32, 128]) {
      for (const drafted of [1, 5, "oracle"] as const) {
        const { cell, kinds } = cellOf(dataset, proposer, batch, drafted, "request")!;
        const off = fittedSpeedUp(cell, kinds) /
            overKinds(kinds, (tokens) => closedSpeedUp(cell, tokens)) - 1;
        ok(Math.abs(off) < 0.025, `${name}, batch ${batch}, ${drafted}: ${off}`);
      }
    }
  }
});

Deno.test({
  name: "speed-ups of SpecDecode-Bench within 5 % by its step times (needs reference data)",
  ignore,
  fn() {
    const beyond: string[] = [];
    let checked = 0;
    for (const { dataset, proposer, batch, drafted, speedUp } of targets()) {
      const name = `${dataset}/${proposer}`;
      // The mean of all steps where it stands for the requests; else that of the mean request.
      const of = UNEQUAL.includes(name) || drafted === "oracle" ? "request" : "walked";
      const { cell, kinds } = cellOf(dataset, proposer, batch, drafted, of)!;
      const off = fittedSpeedUp(cell, kinds) / speedUp - 1;
      checked++;
      if (Math.abs(off) > 0.05) beyond.push(`${name} ${drafted} ${batch}`);
    }
    ok(checked >= 120);
    deepEqual(beyond, []);
  },
});

// Cells nearer to 1 may be on either side: errors are 10 % in the mean.
for (const [source, near] of [["profiled", 0.05], ["analytical", 0.075]] as const) {
  Deno.test({
    name: `by ${source} step times a speed-up is on its side of 1 (needs reference data)`,
    ignore,
    async fn() {
      const own = await ownSpeedUps(source);
      for (const { dataset, proposer, batch, drafted, speedUp } of targets()) {
        if (Math.abs(speedUp - 1) <= near) continue;
        const { cell, kinds } = cellOf(dataset, proposer, batch, drafted, "request")!;
        const ours = own(cell, kinds);
        ok(
          (ours > 1) === (speedUp > 1),
          `${dataset}/${proposer} ${drafted} at ${batch}: ${ours} where ${speedUp} was measured`,
        );
      }
    },
  });
}

Deno.test("draws accept as often as the table says, by position", () => {
  for (const [name, { survival }] of Object.entries(ACCEPTANCE)) {
    const draws = acceptanceDraws({ survival }, randomStreams(3).take(name));
    const counts = survival.map(() => 0);
    const count = 200_000;
    for (let i = 0; i < count; i++) {
      const accepted = draws.accepted(i % 700, Math.floor(i / 700), survival.length);
      for (let position = 0; position < accepted; position++) counts[position]++;
    }
    counts.forEach((of, position) => {
      const off = of / count / survival[position] - 1;
      ok(Math.abs(off) < 0.05, `${name}, token ${position + 1}: ${of / count}`);
    });
  }
});

const mean = (errors: readonly number[]) =>
  (errors.reduce((sum, error) => sum + error, 0) / errors.length).toFixed(1);
const greatest = (errors: readonly number[], digits = 0) => Math.max(...errors).toFixed(digits);

/** Whether nothing of our side was read from a cell: not from those of the smallest batches. */
function isTest({ name, drafted, batch }: ComparedCell, cells: readonly ComparedCell[]): boolean {
  const smaller = cells.filter((cell) =>
    cell.name === name && cell.drafted === drafted && cell.batch < batch
  );
  return smaller.length >= (drafted === "oracle" ? 2 : 1);
}

/** Errors of all cells by other step times, percent. */
async function errorsBy(source: "analytical", cells: readonly ComparedCell[]): Promise<number[]> {
  const own = await ownSpeedUps(source);
  return cells.map(({ name, batch, drafted, target }) => {
    const [dataset, proposer] = name.split(" ");
    const { cell, kinds } = cellOf(dataset, proposer as "eagle3", batch, drafted, "request")!;
    return 100 * Math.abs(own(cell, kinds) / target - 1);
  });
}

Deno.test({
  name: "docs/speculative.md has the cells and the errors that it tells (needs reference data)",
  ignore,
  async fn() {
    const page = Deno.readTextFileSync(PAGE);
    equal(await makeSpeculationPage(page), page);
    const cells = await comparedCells();
    const errors = (of: (cell: typeof cells[number]) => number | undefined) =>
      cells.flatMap((cell) => {
        const ours = of(cell);
        return ours === undefined ? [] : [100 * Math.abs(ours / cell.target - 1)];
      });
    const even = errors(({ name, walked }) =>
      UNEQUAL.includes(name.replace(" ", "/")) ? undefined : walked
    );
    const tested = errors((cell) => isTest(cell, cells) ? cell.request : undefined);
    const [profiled, analytical] = [
      errors((cell) => cell.own),
      await errorsBy("analytical", cells),
    ];
    const told = page.replaceAll(/\s+/g, " ");
    for (
      const sentence of [
        `${even.length} cells, the greatest error by its step times ${greatest(even, 1)} %`,
        `These ${
          cells.length - tested.length
        } of the ${cells.length} cells are then no test; the ` +
        `other ${tested.length} are.`,
        `those that are a test within ${greatest(tested, 1)} %`,
        `the mean error is ${mean(profiled)} %, the greatest ${greatest(profiled)} % ` +
        `(\`analytical\`: ${mean(analytical)} %, ${greatest(analytical)} %)`,
      ]
    ) ok(told.includes(sentence), sentence);
  },
});
