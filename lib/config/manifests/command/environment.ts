import { shownNames } from "../../../std/safe_text.ts";
import { custom, type KeyRule, leaves, quiet } from "../keys.ts";
import type { Reading } from "../reading.ts";
import { WHY } from "./flag_rules.ts";
import type { Flag } from "./flags.ts";

/** Variables of the environment that engines read. Others are named together; no value is shown. */
export const VARIABLES: Readonly<Record<string, KeyRule>> = {
  VLLM_USE_V1: custom(["scheduler.type"], (value, key, reading) => {
    if (String(value) === "0") reading.take(key, "scheduler.type", "vllm-v0");
    else reading.leave(key, "vLLM V1, as here");
  }),
  VLLM_ATTENTION_BACKEND: leaves(WHY.kernels),
  VLLM_ALL2ALL_BACKEND: leaves("tokens reach experts as by DeepEP's kernels here"),
  VLLM_ENABLE_V1_MULTIPROCESSING: leaves(WHY.kernels),
  VLLM_ALLOW_LONG_MAX_MODEL_LEN: leaves("the longest sequence is --max-model-len"),
  VLLM_SERVER_DEV_MODE: leaves("sleep is scaling.keep_alive.sleep.level"),
  VLLM_API_KEY: quiet,
  HF_TOKEN: quiet,
  HUGGING_FACE_HUB_TOKEN: quiet,
  HF_HUB_TOKEN: quiet,
  HF_HOME: quiet,
  POD_IP: quiet,
  PORT: quiet,
};

/** A list of variables as Kubernetes writes it: `value` where the manifest itself has it. */
export type EnvironmentList = readonly { readonly name: string; readonly value?: string }[];

/** Reads the variables of a container. */
export function readEnvironment(list: EnvironmentList, reading: Reading, where: string): void {
  const others: string[] = [];
  for (const { name, value } of list) {
    if (!Object.hasOwn(VARIABLES, name)) others.push(name);
    else if (value === undefined) reading.leave(`${where}${name}`, "its value is elsewhere");
    else VARIABLES[name].apply(value, `${where}${name}`, reading);
  }
  if (others.length > 0) {
    reading.leave(`${where}${shownNames(others)}`, "no setting is known for these variables");
  }
}

/**
 * Reads variables that stand for flags, as RunPod's vLLM worker takes them: MAX_MODEL_LEN for
 * --max-model-len.
 *
 * @returns The variables that stand for none.
 */
export function readFlagVariables(
  list: EnvironmentList,
  flags: ReadonlyMap<string, Flag>,
  reading: Reading,
): EnvironmentList {
  return list.filter(({ name, value }) => {
    if (Object.hasOwn(VARIABLES, name)) return true;
    const flag = flags.get(`--${name.toLowerCase().replaceAll("_", "-")}`);
    if (flag === undefined) return true;
    if (value !== undefined && value !== "") flag.rule.apply(value, `env ${name}`, reading);
    return false;
  });
}
