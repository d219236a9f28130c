import { drawShares } from "../workload/draw_shares.ts";
import type { RandomStreams } from "../sim/random_streams.ts";
import type { RequestTable, Shares } from "../workload/mod.ts";
import { ConfigError } from "../config/config_error.ts";
import type { Configuration } from "../config/configuration.ts";
import {
  type FunctionConfiguration,
  functionConfigurations,
} from "../config/function_configurations.ts";
import type { BuiltRequests } from "./requests.ts";

/** Functions that are alike. */
export interface FunctionKind extends FunctionConfiguration {
  /** Id of the first one; the others follow it. */
  readonly firstId: number;
}

/** The functions of a configuration by kind, in order of their ids. */
export function functionKinds(config: Configuration): FunctionKind[] {
  let firstId = 0;
  return functionConfigurations(config).map((kind) => {
    const placed = { ...kind, firstId };
    firstId += kind.count;
    return placed;
  });
}

/**
 * Names of the functions by id: their own or their models', numbered where several are alike, and
 * numbered on where a name has been given before.
 */
export function functionNames(kinds: readonly FunctionKind[], models: readonly string[]): string[] {
  const names: string[] = [];
  const used = new Map<string, number>();
  kinds.forEach(({ name, count }, kind) => {
    const base = name ?? models[kind];
    for (let i = 0; i < count; i++) {
      const number = (used.get(base) ?? 0) + 1;
      used.set(base, number);
      names.push(count === 1 && number === 1 ? base : `${base}-${number}`);
    }
  });
  return names;
}

/** How often the functions are called; undefined when there is one. */
export function functionShares(config: Configuration): Shares | undefined {
  const { functions, workload } = config;
  if (functions.length === 0) {
    return workload.functions.count > 1 ? workload.functions : undefined;
  }
  const count = functions.reduce((sum, entry) => sum + entry.count, 0);
  if (count === 1) return undefined;
  return functions[0].share === null ? { count, zipf: workload.functions.zipf } : {
    weights: functions.flatMap((entry) =>
      Array.from({ length: entry.count }, () => entry.share! / entry.count)
    ),
  };
}

/**
 * The requests with their function column: as drawn, or a trace's names matched to those of the
 * functions; a trace without names draws them.
 *
 * @throws {ConfigError} If the trace names a function that is not configured.
 */
export function withFunctionIds(
  config: Configuration,
  { table, functionNames: traceNames }: BuiltRequests,
  names: readonly string[],
  streams: RandomStreams,
): RequestTable {
  const { functionId, ...rest } = table;
  if (names.length === 1) return rest;
  if (traceNames.length === 0) {
    if (functionId !== undefined) return table;
    const drawn = drawShares(functionShares(config), table.count, streams, "functions", 65_536)!;
    return { ...table, functionId: Uint16Array.from(drawn) };
  }
  const ids = traceNames.map((name, i) => {
    const id = names.indexOf(name);
    if (id >= 0) return id;
    // Functions without names of their own stand for those of the trace in order of appearance.
    if (config.functions.length === 0 && i < names.length) return i;
    throw new ConfigError([
      `Cannot use a function of the trace as one of "functions": current value is "${name}" ` +
      `(allowed: ${names.slice(0, 20).join(", ")})`,
    ]);
  });
  return { ...table, functionId: functionId!.map((id) => ids[id]) };
}
