import { ConfigError, type Configuration, loadConfig } from "../../config/mod.ts";
import { findGpu, gpuEntries } from "../../hardware/gpu_catalogue.ts";
import { COLD_START_PRESETS } from "../../serverless/cold_start/presets.ts";
import { settingAt } from "../../config/setting_at.ts";
import type { PageBase } from "./messages.ts";
import { put } from "./set_knobs.ts";

/** Settings that bring in files, which the page does not have. */
const OF_FILES = ["workload.trace.path", "model.hf_config", "execution.profile"];

/**
 * What the page is made with: the configuration, its arrivals drawn from the page's knobs.
 *
 * @throws {ConfigError} If the configuration is of what the page cannot show: several functions, or files.
 */
export function pageBase(config: Configuration): PageBase {
  const notices: string[] = [];
  if (config.functions.length > 1 || (config.functions[0]?.count ?? 1) > 1) {
    throw new ConfigError([
      `Cannot explore several functions at once: current value of "functions" is ` +
      `${config.functions.length} entries (allowed: one function)`,
    ]);
  }
  const base = structuredClone(config) as Configuration;
  if (base.workload.type !== "gamma") {
    notices.push(
      `The page draws arrivals and lengths (workload.type gamma): those of type ` +
        `${base.workload.type} are not used`,
    );
    put(base, "workload.type", "gamma");
    put(base, "workload.trace.path", null);
  }
  const named = OF_FILES.find((path) => typeof settingAt(base, path) === "string");
  if (named !== undefined) {
    throw new ConfigError([
      `Cannot explore a configuration that names a file, which the page does not have: current value ` +
      `of "${named}" is ${settingAt(base, named)}`,
    ]);
  }
  return {
    config: base,
    usual: JSON.parse(JSON.stringify(loadConfig(""))),
    gpus: gpuNames(base.cluster.gpu_type),
    presets: COLD_START_PRESETS,
    notices,
  };
}

/** GPUs to choose from: that of the configuration by the name that it has there, then the others. */
function gpuNames(own: string): string[] {
  const same = findGpu(own)?.name;
  return [own, ...gpuEntries().map(({ name }) => name).filter((name) => name !== same)];
}
