import { EXECUTION_SOURCES } from "../execution/sources/sources.ts";
import { SPECULATION_METHODS } from "../execution/speculation/methods/methods.ts";
import { gpuEntries, nodeEntries } from "../hardware/mod.ts";
import { modelEntries, parameterCount } from "../models/mod.ts";
import { GATEWAY_ORDERS } from "../scheduling/admission/gateway_orders.ts";
import { QUEUE_ORDERS } from "../scheduling/batching/orders/mod.ts";
import { BATCHING_STRATEGIES } from "../scheduling/batching/strategies.ts";
import { ENGINE_VERSIONS } from "../scheduling/batching/engine_versions.ts";
import { ROUTING_POLICIES } from "../scheduling/routing/policies.ts";
import { SPLIT_DECIDERS } from "../scheduling/split/deciders.ts";
import { EVICTION_POLICIES } from "../serverless/cold_start/eviction.ts";
import { COLD_START_PRESETS, coldStartPreset } from "../serverless/cold_start/presets.ts";
import { BILLING_PRESETS } from "../serverless/cost/billing_plan.ts";
import { priceCatalogue } from "../serverless/cost/prices.ts";
import { KEEP_ALIVE_POLICIES, POOL_POLICIES } from "../serverless/keep_alive/mod.ts";
import { PLACEMENT_POLICIES } from "../serverless/placement/policies.ts";
import { platformPreset, PLATFORMS } from "../serverless/platforms/mod.ts";
import { SCALING_POLICIES } from "../serverless/scaling/policies.ts";
import { type Declaration, keyOf, placedSettings, type PolicyTable } from "../settings/mod.ts";
import { ARRIVALS } from "../workload/arrivals/processes.ts";
import { embeddedNames, embeddedWorkload } from "../workload/embedded.ts";
import { LENGTH_LAWS } from "../workload/lengths/laws/laws.ts";
import { TRACE_FORMATS } from "../workload/traces/trace_formats.ts";
import { type CommandOption, describeOptions, readArguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { oneOf } from "./one_of.ts";
import { textTable } from "./text_table.ts";

/** Something that can be chosen by its name. */
type Row = Readonly<Record<string, unknown>> & { readonly name: string };

/** One kind of things that are chosen by name. */
interface Kind {
  /** What is chosen, and where. */
  readonly about: string;
  /** Keys of a row that the table shows beside the name, in this order. */
  readonly columns: readonly string[];
  rows(): readonly Row[];
}

/**
 * The policies of a table.
 *
 * @param path Where one is chosen, such as "scaling.policy".
 * @param what What one is; as the table says unless given.
 */
function policies(
  table: PolicyTable,
  path: string,
  what: string = table.wanted.replace(/^an? /, ""),
): Kind {
  const section = path.split(".").slice(0, -1).join(".");
  const hasAliases = table.entries.some(({ aliases }) => aliases !== undefined);
  return {
    about: `${what}: \`${path}\``,
    columns: [...(hasAliases ? ["aliases"] : []), "settings", "about"],
    rows: () =>
      table.entries.map((policy) => ({
        name: policy.name,
        aliases: policy.aliases ?? [],
        about: policy.describe,
        settings: placedSettings(table)
          .filter(({ readBy }) => readBy.includes(policy))
          .flatMap(({ section: own, key, declared }) =>
            settingsAt([section, own, key].filter((part) => part !== null).join("."), declared)
          ),
      })),
  };
}

/** A setting, a list, or the settings of a group, each with its path. */
function settingsAt(path: string, declared: Declaration): Readonly<Record<string, unknown>>[] {
  switch (declared.kind) {
    case "group":
      return Object.entries<Declaration>(declared.settings as never).flatMap(([name, inner]) =>
        settingsAt(`${path}.${keyOf(name, inner)}`, inner)
      );
    case "list":
      return [{ path, about: declared.description }];
    case "setting":
      return [{
        path,
        unit: declared.wanted,
        allowed: declared.allowed,
        default: declared.defaultValue,
        about: declared.description,
      }];
  }
}

const KINDS: Readonly<Record<string, Kind>> = {
  scaling: policies(SCALING_POLICIES, "scaling.policy"),
  "keep-alive": policies(KEEP_ALIVE_POLICIES, "scaling.keep_alive.policy"),
  routing: policies(ROUTING_POLICIES, "cluster.routing.policy"),
  split: policies(SPLIT_DECIDERS, "groups.decider.policy"),
  batching: policies(BATCHING_STRATEGIES, "scheduler.type"),
  gateway: policies(GATEWAY_ORDERS, "gateway.fairness"),
  speculation: policies(SPECULATION_METHODS, "speculative.method"),
  orders: policies(QUEUE_ORDERS, "scheduler.scheduling_policy"),
  placement: policies(PLACEMENT_POLICIES, "cluster.placement.policy"),
  eviction: policies(EVICTION_POLICIES, "cluster.weight_cache.eviction"),
  pools: policies(POOL_POLICIES, "scaling.prewarmed_pool.policy"),
  arrivals: policies(ARRIVALS, "workload.type", "arrival process"),
  traces: policies(TRACE_FORMATS, "workload.trace.format"),
  lengths: policies(LENGTH_LAWS, "workload.prompt_length.distribution"),
  sources: policies(EXECUTION_SOURCES, "execution.source"),
  engines: {
    about: "engines whose defaults are taken: `scheduler.engine`",
    columns: [
      "type",
      "async_scheduling",
      "async_pipelines",
      "reserves_whole_prompt",
      "block_tokens",
    ],
    rows: () =>
      ENGINE_VERSIONS.map((version) => ({
        name: version.name,
        type: version.strategy,
        async_scheduling: version.asyncScheduling,
        async_pipelines: version.asyncPipelines,
        reserves_whole_prompt: version.reservesWholePrompt,
        block_tokens: version.blockTokens,
      })),
  },
  billing: {
    about: "ways to bill: `cost.billing.preset`",
    columns: ["start", "busy", "idle", "draining", "granularity_s"],
    rows: () =>
      Object.entries(BILLING_PRESETS).map(([name, rules]) => ({
        name,
        start: rules.startShare,
        busy: rules.busyShare,
        idle: rules.idleShare,
        draining: rules.drainingShare,
        granularity_s: rules.granularitySeconds,
      })),
  },
  workloads: {
    about: "workloads that travel with the program: `workload.embedded.name`",
    columns: ["licence", "about"],
    rows: () =>
      embeddedNames().map((name) => {
        const { description, licence, source } = embeddedWorkload(name);
        return { name, about: description, licence, source };
      }),
  },
  presets: {
    about: "stages of a cold start: `cold_start.preset`",
    columns: ["about"],
    rows: () =>
      COLD_START_PRESETS.map((name) => {
        const { summary, sources, parameters } = coldStartPreset(name);
        return { name, about: summary, parameters, sources };
      }),
  },
  platforms: {
    about: "serverless platforms: `platform`",
    columns: ["as_of", "about"],
    rows: () =>
      PLATFORMS.map((name) => {
        const { summary, asOf, sources } = platformPreset(name);
        return { name, about: summary, as_of: asOf, sources };
      }),
  },
  models: {
    about: "models: `model.name`",
    columns: ["parameters", "max_tokens", "aliases"],
    rows: () =>
      modelEntries().map(({ name, aliases, shape, source }) => ({
        name,
        aliases,
        parameters: parameterCount(shape),
        max_tokens: shape.maxPositions,
        source,
      })),
  },
  gpus: {
    about: "GPUs: `cluster.gpu_type`",
    columns: ["memory_gib", "bandwidth_gb_per_s", "bf16_tflops", "aliases"],
    rows: () =>
      gpuEntries().map((gpu) => ({
        name: gpu.name,
        aliases: gpu.aliases,
        memory_gib: gpu.memoryBytes / 2 ** 30,
        bandwidth_gb_per_s: gpu.memoryBytesPerSecond / 1e9,
        bf16_tflops: gpu.flopsPerSecond.bf16 / 1e12,
        source: gpu.source,
      })),
  },
  machines: {
    about: "machines: `cluster.nodes[].type`",
    columns: ["gpus", "gpu", "memory_gib", "network_gb_per_s", "aliases"],
    rows: () =>
      nodeEntries().map((node) => ({
        name: node.name,
        aliases: node.aliases,
        gpus: node.gpus,
        gpu: node.gpu ?? "any",
        memory_gib: Math.round(node.dramBytes / 2 ** 30),
        network_gb_per_s: node.nicBytesPerSecond === undefined
          ? "not bound"
          : node.nicBytesPerSecond / 1e9,
        source: node.source,
      })),
  },
  prices: {
    about: "prices of GPUs by provider: `cost.provider`",
    columns: ["gpu", "kind", "region", "usd_per_gpu_hour", "as_of"],
    rows: () =>
      priceCatalogue().map(({ provider, gpu, kind, region, usdPerGpuSecond, asOf, source }) => ({
        name: provider,
        gpu,
        kind,
        region,
        usd_per_gpu_hour: Math.round(usdPerGpuSecond * 3600 * 1e6) / 1e6,
        as_of: asOf,
        source,
      })),
  },
};

const OPTIONS: readonly CommandOption[] = [
  {
    name: "json",
    describe: "One JSON array: of kinds, or of the kind's rows with settings and sources",
  },
];

/** The command "list". */
export const listCommand: Command = {
  name: "list",
  summary: "List what can be chosen by name: policies, presets, platforms, models, GPUs, prices",
  help: `Lists what can be chosen by name in a configuration.

Usage: deno task list [KIND] [--json]

Kinds:
${describeKinds().join("\n")}

${describeOptions(OPTIONS)}`,
  run(args, print) {
    const given = readArguments("list", args, OPTIONS, 1);
    const [name] = given.positional;
    if (name === undefined) {
      const rows = Object.entries(KINDS).map(([kind, { about }]) => ({ name: kind, about }));
      const lines = given.flag("json") ? [JSON.stringify(rows, null, 2)] : describeKinds();
      for (const line of lines) print(line);
      return 0;
    }
    const { columns, rows } = KINDS[oneOf("the kind of list", name, Object.keys(KINDS))];
    const lines = given.flag("json")
      ? [JSON.stringify(rows(), null, 2)]
      : showRows(rows(), ["name", ...columns]);
    for (const line of lines) print(line);
    return 0;
  },
};

function describeKinds(): string[] {
  return textTable(Object.entries(KINDS).map(([name, { about }]) => [`  ${name}`, about]), [0, 1]);
}

function showRows(rows: readonly Row[], columns: readonly string[]): string[] {
  const isNumber = (column: string) => rows.every((row) => typeof row[column] === "number");
  const left = columns.map((_, i) => i).filter((i) => !isNumber(columns[i]));
  return textTable([columns, ...rows.map((row) => columns.map((key) => show(row[key])))], left);
}

function show(value: unknown): string {
  if (!Array.isArray(value)) return String(value);
  const names = value.map((item) => typeof item === "object" ? item.path.split(".").at(-1) : item);
  return names.length === 0 ? "-" : names.join(", ");
}
