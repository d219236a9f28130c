import { BATCHING_STRATEGIES } from "../scheduling/batching/strategies.ts";
import { engineOfStrategy, engineVersion } from "../scheduling/batching/engine_versions.ts";
import type { AnyPolicy } from "../settings/policy.ts";
import { emptyMapping, isMapping, type Mapping } from "./normalize.ts";

/**
 * What the engine that settings name, or the one whose strategy they name, sets where they say nothing:
 * the other one of the two, and the tokens of a KV block. Empty for vLLM, whose they are anyway.
 */
export function enginePreset({ scheduler }: Mapping): Mapping {
  const preset = emptyMapping();
  if (!isMapping(scheduler)) return preset;
  const { engine, type } = scheduler;
  const strategy = (BATCHING_STRATEGIES.entries as readonly AnyPolicy[])
    .find(({ name, aliases }) => name === type || aliases?.includes(type as string))?.name;
  const named = typeof engine === "string" ? engineVersion(engine.trim().toLowerCase()) : undefined;
  const version = named ?? (strategy === undefined ? undefined : engineOfStrategy(strategy));
  if (version === undefined || version.strategy === "vllm") return preset;
  preset.scheduler = Object.assign(emptyMapping(), {
    type: version.strategy,
    engine: version.name,
  });
  preset.memory = Object.assign(emptyMapping(), { block_size: version.blockTokens });
  return preset;
}
