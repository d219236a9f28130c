import { deepEqual, equal, ok } from "#assert";
import { parse } from "@std/csv";
import { acceptanceDraws } from "../../lib/execution/speculation/mod.ts";
import { findExternalData } from "../../lib/results/external_data.ts";
import { randomStreams } from "../../lib/sim/random_streams.ts";
import { ACCEPTANCE, cellOf, fittedSpeedUp, ownSpeedUps } from "../support/speculation_cells.ts";
import { comparedCells, makeSpeculationPage, PAGE } from "../support/speculation_page.ts";
import { closedSpeedUp } from "../support/speculation_formulas.ts";

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
        const { cell, tokensPerStep } = cellOf(dataset, proposer, batch, drafted, "request")!;
        const off = fittedSpeedUp(cell, tokensPerStep) / closedSpeedUp(cell, tokensPerStep) - 1;
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
      const { cell, tokensPerStep } = cellOf(dataset, proposer, batch, drafted, of)!;
      const off = fittedSpeedUp(cell, tokensPerStep) / speedUp - 1;
      checked++;
      if (Math.abs(off) > 0.05) beyond.push(`${name} ${drafted} ${batch}`);
    }
    ok(checked >= 120);
    // Requests that accept very unequally: a batch of the mean request verifies less than theirs.
    deepEqual(beyond.filter((cell) => !/^instructcoder\/\w+ oracle/.test(cell)), []);
    ok(beyond.length <= 6, beyond.join("; "));
  },
});

Deno.test({
  name: "by our own step times a speed-up is on its side of 1 (needs reference data)",
  ignore,
  async fn() {
    const own = await ownSpeedUps();
    for (const { dataset, proposer, batch, drafted, speedUp } of targets()) {
      if (Math.abs(speedUp - 1) <= 0.05) continue;
      const { cell, tokensPerStep } = cellOf(dataset, proposer, batch, drafted, "request")!;
      const ours = own(cell, tokensPerStep);
      ok(
        (ours > 1) === (speedUp > 1),
        `${dataset}/${proposer} ${drafted} at ${batch}: ${ours} where ${speedUp} was measured`,
      );
    }
  },
});

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
    const own = errors((cell) => cell.own);
    const told = page.replaceAll(/\s+/g, " ");
    const mean = own.reduce((sum, error) => sum + error, 0) / own.length;
    ok(told.includes(
      `${even.length} cells, the greatest error by its step times ` +
        `${Math.max(...even).toFixed(1)} %`,
    ));
    ok(told.includes(
      `the mean error is ${mean.toFixed(1)} %, the greatest ` +
        `${Math.max(...own).toFixed(0)} %`,
    ));
    console.log(
      even.length,
      Math.max(...even).toFixed(2),
      mean.toFixed(2),
      Math.max(...own).toFixed(1),
    );
  },
});
