import { showValue } from "../../std/show_value.ts";
import { modelOf, type NamedModel } from "./model_of.ts";
import type { Fact } from "./reading.ts";
import type { Settling } from "./settling.ts";

/** The caller's model of those that are not known, among what was of use. */
export const OTHER_MODEL = "--model";

/** The model where nobody says which. */
const DEFAULT_MODEL = "llama-3.1-8b";

/** Whether what is there starts a server, or has to, so that it has to say of which model. */
function needsModel(one: Settling): boolean {
  return one.deployment.is === "server" || one.facts.engine !== undefined;
}

/** What a caller can do where the documents do not say which model. */
const PASS = "pass its model (--model NAME, or --model FILE.json)";

function refuseWithoutModel(one: Settling): void {
  const { engine } = one.facts;
  if (engine === undefined) return;
  const server = engine.value === "vllm" ? "vLLM" : "SGLang";
  one.problems.push(
    `${engine.reading.place}: Cannot import ${engine.key} as a server of a model: current value is ` +
      `${server} without one ("${engine.value} serve MODEL", or --model); ${PASS}`,
  );
}

/**
 * Refuses a workload that starts no server that is known, unless the caller says what it serves.
 *
 * @returns Whether there is a server.
 */
export function settleServer(one: Settling): boolean {
  const { engine, formatName } = one.facts;
  if (one.deployment.is !== "server" || engine !== undefined) return true;
  if (one.choices.otherModel !== undefined) {
    one.main.assume(
      "its server is taken as vLLM: nothing in the document starts one that is known",
    );
    return true;
  }
  const current = formatName === undefined
    ? "one without a container that starts vLLM or SGLang"
    : `a model of the format ${showValue(formatName.value)}, which neither vLLM nor SGLang serves`;
  one.problems.push(
    `${one.main.place}: Cannot import the document as a workload that serves a model: current value ` +
      `is ${current}; ${PASS} if its server is one of these`,
  );
  return false;
}

/** The model, by the name that the engine is told or by the address of its weights. */
export function settleModel(one: Settling): NamedModel | undefined {
  const { model, modelAddress } = one.facts;
  const isFolder = model !== undefined && /^[./~]/.test(model.value);
  const facts = [...isFolder ? [modelAddress, model] : [model, modelAddress]]
    .filter((fact) => fact !== undefined);
  for (const fact of facts) {
    const chosen = one.choices.models?.get(fact.value);
    if (chosen !== undefined) one.used.add(fact.value);
    if (chosen !== undefined) return chooseModel(one, fact, chosen);
    const named = modelOf(fact.value);
    if (named !== undefined) return takeModel(one, fact, named, named.how);
  }
  const { otherModel } = one.choices;
  if (facts.length === 0) {
    if (otherModel === undefined && needsModel(one)) {
      refuseWithoutModel(one);
      return undefined;
    }
    if (otherModel !== undefined) one.used.add(OTHER_MODEL);
    const name = otherModel ?? DEFAULT_MODEL;
    const why = otherModel === undefined ? "no document names a model: --model" : "by --model";
    if (otherModel?.endsWith(".json")) return chooseModel(one, undefined, otherModel);
    one.assume("model.name", name, why);
    return modelOf(name);
  }
  if (otherModel !== undefined) {
    one.used.add(OTHER_MODEL);
    return chooseModel(one, facts[0], otherModel);
  }
  const { key, reading, value } = facts[0];
  one.problems.push(
    `${reading.place}: Cannot import ${key} as a model of data/models: current value is ` +
      `${showValue(value)}; pass one that is like it (--model NAME), or its config.json ` +
      `(--model FILE.json)`,
  );
  return undefined;
}

/** The model that the caller names for one of the documents'. */
function chooseModel(
  one: Settling,
  fact: Fact<string> | undefined,
  chosen: string,
): NamedModel | undefined {
  const take = (setting: string, value: string) =>
    fact === undefined
      ? one.assume(setting, value, "by --model")
      : one.take(fact, setting, value, "by --model");
  if (chosen.endsWith(".json")) {
    take("model.name", fact?.value.split("/").at(-1) || "model");
    take("model.hf_config", chosen);
    return undefined;
  }
  const named = modelOf(chosen);
  if (named === undefined) {
    one.problems.push(
      `Cannot read --model as a model of data/models or a config.json: current value is ` +
        showValue(chosen),
    );
    return undefined;
  }
  if (fact === undefined) {
    one.assume("model.name", named.entry.name, "by --model");
    return named;
  }
  return takeModel(one, fact, named, "by --model");
}

function takeModel(
  one: Settling,
  fact: Fact<string>,
  named: NamedModel,
  note: string | undefined,
): NamedModel {
  const { entry, weightDtype } = named;
  one.take(fact, "model.name", entry.name, note ?? `it is ${showValue(fact.value)}`);
  if (weightDtype !== undefined && !one.settings.has("model.weight_dtype")) {
    one.take(fact, "model.weight_dtype", weightDtype, "by its name");
  }
  return named;
}
