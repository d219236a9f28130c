import { ok, strictEqual } from "#assert";
import type { Stepping } from "../../lib/engine/engine_parts.ts";
import { findExternalData } from "../../lib/results/external_data.ts";
import { arrivalOrder, engineSteps, runCase } from "../support/scheduler_runs.ts";
import { readSteps, type SchedulerCase, type SchedulerStep } from "../support/scheduler_steps.ts";

const FOLDER = findExternalData("vllm-scheduler-steps");

/** The kinds of cases that are at hand. */
const KINDS = FOLDER === undefined
  ? []
  : [...Deno.readDirSync(FOLDER)].map(({ name }) => name).filter((name) => name.endsWith(".json"))
    .map((name) => name.slice(0, -".json".length)).sort();

Deno.test({
  name: "the steps of vLLM's scheduler are at hand (needs reference data)",
  ignore: FOLDER === undefined,
  fn: () => ok(KINDS.length > 0),
});

const text = ({ step, entries, preempted }: SchedulerStep) =>
  `step ${step}: ${entries.map((one) => one.join("/")).join(" ")}` +
  (preempted.length > 0 ? `, preempted ${preempted.join(" ")}` : "");

/** Compares two lists of steps; free blocks where both lists have them. */
function compareSteps(name: string, found: SchedulerStep[], wanted: SchedulerStep[]): void {
  for (let i = 0; i < Math.max(found.length, wanted.length); i++) {
    const [a, b] = [found[i], wanted[i]];
    strictEqual(a && text(a), b && text(b), name);
    if (a.free === undefined || b.free === undefined) continue;
    strictEqual(a.free, b.free, `${name}: free blocks in step ${a.step}`);
  }
}

for (const kind of KINDS) {
  for (const stepping of ["step", "leap"] as Stepping[]) {
    Deno.test(`the engine takes the steps of vLLM's scheduler, cases ${kind}, ${stepping}`, () => {
      const { cases } = JSON.parse(Deno.readTextFileSync(`${FOLDER}/${kind}.json`)) as {
        cases: SchedulerCase[];
      };
      for (const one of cases) {
        const { steps, fates } = readSteps(one);
        compareSteps(one.name, engineSteps(one, stepping), steps);
        const { columns } = runCase(one, stepping);
        arrivalOrder(one).forEach((request, row) => {
          const name = `${one.name}, request ${request}`;
          strictEqual(columns.firstTokenAtSeconds[row], fates.firstTokenAt[request], name);
          strictEqual(columns.completedAtSeconds[row], fates.completedAt[request], name);
          strictEqual(columns.preemptions[row], fates.preemptions[request], name);
        });
      }
    });
  }
}
