import { gpuEntries } from "../../hardware/gpu_catalogue.ts";
import { modelEntries } from "../../models/catalogue.ts";
import { showValue } from "../../std/show_value.ts";
import { suggest } from "../../std/suggest.ts";
import { ConfigError } from "../config_error.ts";
import { gpuOf, shareOf } from "./gpu_of.ts";
import { modelOf } from "./model_of.ts";
import type { Remark } from "./reading.ts";
import { GPU_CHOICE, type Settled } from "./settle.ts";
import { OTHER_MODEL } from "./settle_model.ts";
import type { ImportChoices } from "./settling.ts";

/**
 * Checks what a caller says where documents do not, whether it turns out to be of use or not.
 *
 * @throws {ConfigError} With the nearest name that there is.
 */
export function checkChoices({ models = new Map(), otherModel, gpu }: ImportChoices): void {
  const chosen = [...models.values(), ...otherModel === undefined ? [] : [otherModel]];
  const problems = chosen.filter((name) => !name.endsWith(".json") && modelOf(name) === undefined)
    .map((name) => {
      const names = modelEntries().flatMap((entry) => [entry.name, ...entry.aliases]);
      return `Cannot read --model as a model of data/models (deno task list models) or a ` +
        `config.json: current value is ${showValue(name)}${meant(name, names)}`;
    });
  if (gpu !== undefined && gpuOf(gpu) === undefined) {
    const share = shareOf(gpu);
    problems.push(
      `Cannot read --gpu as a GPU of data/hardware (deno task list gpus): current value is ` +
        showValue(gpu) + (share === undefined ? "" : ` (${share})`) +
        meant(gpu, gpuEntries().flatMap(({ name, aliases }) => [name, ...aliases])),
    );
  }
  if (problems.length > 0) throw new ConfigError(problems);
}

function meant(name: string, names: readonly string[]): string {
  const near = suggest(name, names);
  if (near !== undefined) return `; did you mean ${near}?`;
  return names.length > 80 ? "" : ` (allowed: ${names.join(", ")})`;
}

/**
 * Says which of a caller's choices were of no use.
 *
 * @throws {ConfigError} For a model of the documents that no document has.
 */
export function unusedChoices(
  settled: readonly Settled[],
  { models = new Map(), otherModel, gpu }: ImportChoices,
): Remark[] {
  const used = new Set(settled.flatMap((one) => [...one.used]));
  const theirs = settled.flatMap(({ modelNames }) => modelNames);
  const strange = [...models.keys()].filter((name) => !used.has(name));
  if (strange.length > 0) {
    throw new ConfigError(strange.map((name) => {
      const near = suggest(name, theirs);
      const hint = near === undefined
        ? ` (allowed: ${theirs.map((one) => showValue(one)).join(", ") || "none is named"})`
        : `; did you mean ${showValue(near)}?`;
      return `Cannot read --model as a model of these documents: current value is ` +
        showValue(name) + hint;
    }));
  }
  const remarks: Remark[] = [];
  const leave = (key: string, text: string) =>
    remarks.push({ place: "the command line", key, outcome: "left", text });
  if (otherModel !== undefined && !used.has(OTHER_MODEL)) {
    leave(OTHER_MODEL, "every document names a model that is known");
  }
  if (gpu !== undefined && !used.has(GPU_CHOICE)) {
    leave(GPU_CHOICE, "every document names a GPU that is known");
  }
  return remarks;
}
