import { platformPreset } from "../../serverless/platforms/platform_preset.ts";
import { parse } from "../../std/yaml.ts";
import { emptyMapping, isMapping, type Mapping } from "../normalize.ts";
import { configurationSchema } from "../schema.ts";
import type { SchemaNode } from "../schema_node.ts";
import { nodeInfo, type SectionInfo } from "../setting.ts";
import { FUNCTION_SECTIONS } from "../sections/functions.ts";
import type { Settled } from "./settle.ts";

/** Sections in the order in which they are written. */
const ORDER = [
  "platform",
  "model",
  "cluster",
  "parallelization",
  "scheduler",
  "memory",
  "cold_start",
  "scaling",
  "gateway",
  "cost",
] as const;

/** Machines of a group of pods where nothing bounds the number of instances. */
const MOST_GROUPS = 64;

/** Makes a configuration of settled deployments: of one its sections, of several a list. */
export function assemble(settled: readonly Settled[]): Mapping {
  const [first, ...others] = settled;
  const platforms = new Set(settled.map(({ deployment }) => deployment.platform));
  const common = platforms.size === 1 ? first.deployment.platform : undefined;
  const nodes = machinesOf(settled);
  const whole = emptyMapping();
  if (common !== undefined) whole.platform = common;
  if (others.length === 0) {
    fill(whole, first.settings);
    if (first.fixed !== undefined) {
      fill(whole, [["cluster.num_replicas", first.fixed], ["scaling.enabled", false]]);
    }
    if (nodes.length > 0) fill(whole, [["cluster.nodes", nodes]]);
    return ordered(whole);
  }
  if (nodes.length > 0) fill(whole, [["cluster.nodes", nodes]]);
  whole.functions = settled.map((one, i) => functionOf(one, namesOf(settled)[i], common));
  return { ...ordered(whole), functions: whole.functions };
}

/** One function as an entry of the list. */
function functionOf(one: Settled, name: string, common: string | undefined): Mapping {
  const { platform } = one.deployment;
  const own = platform === undefined || platform === common
    ? emptyMapping()
    : platformSettings(platform);
  fill(own, one.settings);
  if (one.fixed !== undefined) {
    // A fleet of fixed size is common to all functions; bounds that meet are of each.
    fill(own, [
      ["scaling.policy", "none"],
      ["scaling.activation", "none"],
      ["scaling.min_instances", one.fixed],
      ["scaling.max_instances", one.fixed],
      ["scaling.keep_alive.policy", "always"],
    ]);
  }
  const { cluster, ...sections } = ordered(own);
  const gpu = isMapping(cluster) ? cluster.gpu_type : undefined;
  return { name, ...(gpu !== undefined && { gpu_type: gpu }), ...sections };
}

/** What a platform sets for a function. */
function platformSettings(platform: string): Mapping {
  const all = parse(platformPreset(platform).configuration) as Mapping;
  const own = emptyMapping();
  for (const name of FUNCTION_SECTIONS) if (name in all) own[name] = structuredClone(all[name]);
  return own;
}

/** Names of functions: those of their documents, told apart where two are alike. */
function namesOf(settled: readonly Settled[]): string[] {
  const seen = new Map<string, number>();
  const bases = settled.map(({ deployment: { name, namespace } }, i) => ({
    name: name ?? `function-${i + 1}`,
    namespace,
  }));
  const isTwice = (name: string) => bases.filter((base) => base.name === name).length > 1;
  return bases.map(({ name, namespace }) => {
    const full = isTwice(name) && namespace !== undefined ? `${namespace}-${name}` : name;
    const count = (seen.get(full) ?? 0) + 1;
    seen.set(full, count);
    return count === 1 ? full : `${full}-${count}`;
  });
}

/** Machines for instances that span several, and then for all others too. */
function machinesOf(settled: readonly Settled[]): Mapping[] {
  if (!settled.some(({ group }) => group !== undefined)) return [];
  return settled.map(({ settings, group, fixed }) => {
    const number = (path: string) => Number(settings.get(`parallelization.${path}`) ?? 1);
    const gpus = group?.gpus ?? number("tensor_parallel_size") * number("pipeline_parallel_size");
    const most = Number(settings.get("scaling.max_instances") ?? 1);
    const instances = fixed ?? Math.min(most, MOST_GROUPS);
    return {
      count: instances * (group?.pods ?? 1),
      gpus,
      gpu_type: settings.get("cluster.gpu_type"),
    };
  });
}

/** Puts settings, given by path, into nested sections. */
function fill(target: Mapping, settings: Iterable<readonly [string, unknown]>): void {
  for (const [path, value] of settings) {
    const keys = path.split(".");
    let section = target;
    for (const key of keys.slice(0, -1)) {
      if (!isMapping(section[key])) section[key] = emptyMapping();
      section = section[key] as Mapping;
    }
    section[keys.at(-1)!] = value;
  }
}

/** Sections in their order, and in each the settings in the order of the reference. */
function ordered(whole: Mapping): Mapping {
  const { shape } = nodeInfo(configurationSchema) as SectionInfo;
  return Object.fromEntries(
    ORDER.filter((name) => name in whole).map((name) => [name, inOrder(shape[name], whole[name])]),
  );
}

function inOrder(schema: SchemaNode<unknown>, value: unknown): unknown {
  const info = nodeInfo(schema);
  if (info.kind !== "section" || !isMapping(value)) return value;
  const keys = Object.keys(info.shape).filter((key) => key in value);
  return Object.fromEntries(keys.map((key) => [key, inOrder(info.shape[key], value[key])]));
}
