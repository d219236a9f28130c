import { drawShares } from "../workload/draw_shares.ts";
import type { RandomStreams } from "../sim/random_streams.ts";
import type { RequestTable, Shares } from "../workload/mod.ts";
import { atMost, LIMITS, plain } from "../sim/limits.ts";
import { shownFile } from "../std/input_error.ts";
import { shownName } from "../std/safe_text.ts";
import { ConfigError } from "../config/config_error.ts";
import { groupConfigurations, type GroupName } from "../config/group_configurations.ts";
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
  /** Names of theirs, where a trace gives them. */
  readonly names?: readonly string[];
  /** Id under which requests call the first one. */
  readonly calledId: number;
  /** Group of their instances; absent: they are not in groups. */
  readonly group?: GroupName;
}

/**
 * The functions of a configuration by kind, in order of their ids: those that requests call, then
 * the decode groups of those that have groups, in the same order.
 *
 * @param traceNames Names of functions in the trace; of one each where the configuration says so.
 */
export function functionKinds(
  config: Configuration,
  traceNames: readonly string[],
): FunctionKind[] {
  const called = calledKinds(config, traceNames);
  let nextId = called.reduce((sum, { count }) => sum + count, 0);
  const decodes: FunctionKind[] = [];
  const kinds = called.map((kind): FunctionKind => {
    const groups = groupConfigurations(kind.config);
    if (groups === undefined) return kind;
    decodes.push({ ...kind, firstId: nextId, config: groups.decode, group: "decode" });
    nextId += kind.count;
    return { ...kind, config: groups.prefill, group: "prefill" };
  });
  return [...kinds, ...decodes];
}

/** The functions that requests call by kind; their decode groups are functions of their own. */
function calledKinds(config: Configuration, traceNames: readonly string[]): FunctionKind[] {
  if (config.workload.functions.from_trace) {
    const count = traceNames.length;
    if (count > 0 && count <= LIMITS.functions.value) {
      const ids = { firstId: 0, calledId: 0 };
      return [{ name: null, count, share: null, config, names: traceNames, ...ids }];
    }
    throw new ConfigError([
      `Cannot make a function for each name in "${config.workload.trace.path}" as ` +
      `${atMost("functions")}: current value is ${plain(count)} names`,
    ]);
  }
  let firstId = 0;
  return functionConfigurations(config).map((kind) => {
    const placed = { ...kind, firstId, calledId: firstId };
    firstId += kind.count;
    return placed;
  });
}

/**
 * Names of the functions by id: their own or their models', numbered where several are alike, and
 * numbered on where a name has been given before. That of a decode group is its function's with
 * ":decode" behind it.
 */
export function functionNames(kinds: readonly FunctionKind[], models: readonly string[]): string[] {
  const names: string[] = [];
  const used = new Map<string, number>();
  kinds.forEach(({ name, count, names: given, group, calledId }, kind) => {
    if (group === "decode") {
      for (let i = 0; i < count; i++) names.push(`${names[calledId + i]}:decode`);
      return;
    }
    if (given !== undefined) return void names.push(...given);
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

/** Functions that a message names. */
const MOST_NAMED = 20;

function unknownFunctions(
  { workload }: Configuration,
  others: readonly string[],
  names: readonly string[],
): string {
  const shown = (list: readonly string[], show: (name: string) => string) =>
    list.slice(0, MOST_NAMED).map(show).join(", ") +
    (list.length > MOST_NAMED ? ` and ${plain(list.length - MOST_NAMED)} more` : "");
  return `Cannot use the functions of "${
    shownFile(workload.trace.path!)
  }" as ones of "functions": ` +
    `current value is ${shown(others, (name) => `"${shownName(name)}"`)} ` +
    `(allowed: ${shown(names, String)}); "functions: from-trace" makes one for each`;
}

/**
 * The requests with their function column: as drawn, or a trace's names matched to those of the
 * functions; a trace without names draws them.
 *
 * @returns The requests, and what a user should know about their functions.
 * @throws {ConfigError} If the trace names a function that is not configured.
 */
export function withFunctionIds(
  config: Configuration,
  { table, functionNames: traceNames, hasAnonymousFunctions }: BuiltRequests,
  names: readonly string[],
  streams: RandomStreams,
): { readonly table: RequestTable; readonly notices: readonly string[] } {
  const { functionId, ...rest } = table;
  const others = traceNames.filter((name) => !names.includes(name));
  // Functions without names of their own stand for those of the trace in order of appearance.
  const standIn = config.functions.length === 0 && traceNames.length <= names.length;
  if (others.length > 0 && !standIn && !(hasAnonymousFunctions && names.length === 1)) {
    throw new ConfigError([unknownFunctions(config, others, names)]);
  }
  if (names.length === 1) {
    const [first] = traceNames;
    const areOthers = others.length > 0;
    return {
      table: rest,
      notices: areOthers
        ? [
          `all requests are for the one function ${names[0]}, though the trace names ` +
          `${traceNames.length === 1 ? first : `${traceNames.length} functions`}` +
          (hasAnonymousFunctions ? "; functions: from-trace makes one for each" : ""),
        ]
        : [],
    };
  }
  if (traceNames.length === 0) {
    if (functionId !== undefined) return { table, notices: [] };
    const drawn = drawShares(functionShares(config), table.count, streams, "functions", 65_536)!;
    return { table: { ...table, functionId: Uint16Array.from(drawn) }, notices: [] };
  }
  const ids = traceNames.map((name, i) => {
    const id = names.indexOf(name);
    return id >= 0 ? id : i;
  });
  return { table: { ...table, functionId: functionId!.map((id) => ids[id]) }, notices: [] };
}
