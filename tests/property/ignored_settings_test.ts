import { deepEqual, ok } from "#assert";
import { buildCluster } from "../../lib/run/cluster.ts";
import type { Configuration } from "../../lib/config/configuration.ts";
import { type Declared, declaredConditions } from "../../lib/config/ignored_settings.ts";
import { givenPaths, loadConfig } from "../../lib/config/load.ts";
import { SETTING_BASES, type SettingBase } from "../support/setting_bases.ts";
import {
  changed,
  isRefusal,
  namedAsIgnored,
  otherValues,
  outcome,
  valueAt,
} from "../support/setting_changes.ts";

/** Settings that change no result of a run, and why that is as it should be. */
const NO_RESULT: Readonly<Record<string, string>> = {
  "metrics.kv_sensitivity":
    "whoever runs the simulation looks into it: its own tests hold what it says",
  "simulation.replications": "a run is one of them; that of several says so itself",
  "workload.trace.path": "the text of the trace is handed in",
  "output.csv_safe": "tables are written by whoever runs the simulation",
  "output.formats": "tables are written by whoever runs the simulation",
  "metrics.explain": "a table beside the results: its own tests hold what it has",
  "metrics.per_function": "a table beside the results: its own tests hold what it has",
  "output.figures": "figures are drawn by whoever runs the simulation",
};

/** Settings that are accepted for the sake of others' files and never apply. */
const NEVER = [
  "model.attention_type",
  "model.rope_theta",
  "model.kv_channels",
  "profiling.allgather_time_per_gb",
  "profiling.model_memory_gb",
  "profiling.kv_cache_memory_per_token_mb",
  "profiling.predictors",
  "cluster.nodes[].name",
  "cluster.zones[].name",
  "logging.level",
  "logging.log_file",
  "logging.console_output",
];

/** The sections of an entry hold the settings of the sections of their names. */
const OF_ENTRIES = /^functions\[\]\.(?!name$|count$|share$|gpu_type$)/;

/** Values of one setting that are tried in one base. */
const VALUES = 5;
/** Changes by setting that are said to have no effect and are run all the same. */
const RUN_THOUGH_SAID = 2;

/** What other values of a setting did, base by base until one changed a result. */
interface Tried {
  readonly result: boolean;
  readonly refused: boolean;
  /** Bases in which another value changed nothing, and nothing was said. */
  readonly silentIn: readonly string[];
  readonly said: readonly { readonly name: string; readonly config: Configuration }[];
}

const bases = Object.entries(SETTING_BASES).map(([name, base]) => ({
  name,
  base,
  config: loadConfig(base.yaml),
  given: [...givenPaths(loadConfig(base.yaml))].map((path) => path.replaceAll(/\[\d+\]/g, "[]")),
}));
const before = new Map<string, Promise<string>>();

function unchanged(name: string, base: SettingBase): Promise<string> {
  if (!before.has(name)) {
    before.set(name, outcome(loadConfig(base.yaml), base).then(({ says }) => says));
  }
  return before.get(name)!;
}

type OneTry = { readonly what: "result" | "refused" | "nothing" } | {
  readonly what: "said";
  readonly config: Configuration;
};

/**
 * What one other value does in one base; undefined where there is nothing to change.
 *
 * @param runs Whether to simulate where nothing is said.
 */
async function tryValue(
  name: string,
  base: SettingBase,
  path: string,
  value: unknown,
  runs: boolean,
): Promise<OneTry | undefined> {
  let config: Configuration | undefined;
  try {
    config = changed(base, path, value);
    if (config === undefined) return undefined;
    const { notices } = await buildCluster(config, base.texts);
    const isSaid = namedAsIgnored(notices).includes(path.replaceAll("[]", "[0]"));
    if (isSaid) return { what: "said", config };
  } catch (error) {
    if (isRefusal(error)) return { what: "refused" };
    throw error;
  }
  if (!runs) return { what: "nothing" };
  const { says } = await outcome(config, base);
  if (says.startsWith("refused")) return { what: "refused" };
  return { what: says === await unchanged(name, base) ? "nothing" : "result" };
}

/** Parts that two paths begin with alike. */
function shared(path: string, other: string): number {
  const parts = other.split(/[.[]/);
  const differing = path.split(/[.[]/).findIndex((part, i) => part !== parts[i]);
  return differing < 0 ? Infinity : differing;
}

/** The bases, those first that give the settings nearest to a setting. */
function nearest(path: string): typeof bases {
  const distance = new Map(bases.map((one) => [
    one,
    Math.max(...one.given.map((given) => shared(path, given))),
  ]));
  return bases.toSorted((a, b) => distance.get(b)! - distance.get(a)!);
}

/** What is known of no run: a condition that holds now holds whatever the run is like. */
const NO_FACTS = { sharesPrompts: false, hasExperts: false };

/** Whether a setting certainly applies in a base, so that nothing will be said of it there. */
function applies(path: string, { condition }: Declared, config: Configuration): boolean {
  if (condition === undefined) return true;
  const list = path.includes("[]") ? valueAt(config, path.slice(0, path.indexOf("[]"))) : undefined;
  const item = Array.isArray(list) ? list[0] : undefined;
  return condition.whyNot(config, NO_FACTS, item) === undefined;
}

async function tryValues(path: string, declared: Declared): Promise<Tried> {
  const silentIn: string[] = [];
  const said: { name: string; config: Configuration }[] = [];
  let refused = false, result = false;
  /** Whether another base may change what is known of the setting. */
  const isOpen = () => !result || (declared.condition && said.length < RUN_THOUGH_SAID);
  const order = nearest(path);
  // Where it applies and where it does not, by turns from both ends.
  const turns = order.map((_, i) => order[i % 2 === 0 ? i / 2 : order.length - (i + 1) / 2]);
  for (const { name, base, config } of turns) {
    if (!isOpen()) break;
    // Once it has changed a result, only bases are of interest in which it has no effect.
    if (result && applies(path, declared, config)) continue;
    for (const value of otherValues(path, declared, valueAt(config, path)).slice(0, VALUES)) {
      const one = await tryValue(name, base, path, value, !result);
      if (result && one?.what === "nothing") break;
      if (one?.what === "nothing") {
        if (silentIn.at(-1) !== name) silentIn.push(name);
        continue;
      }
      if (one?.what === "result") result = true;
      if (one?.what === "refused") refused = true;
      if (one?.what === "said") said.push({ name, config: one.config });
      break;
    }
  }
  return { result, refused, silentIn, said };
}

const tried = new Map<string, Tried>();

Deno.test("every setting changes results somewhere, is refused, or is said to have no effect", async () => {
  const silent: string[] = [], never: string[] = [];
  for (const [path, declared] of declaredConditions()) {
    if (OF_ENTRIES.test(path) || Object.hasOwn(NO_RESULT, path)) continue;
    const found = await tryValues(path, declared);
    tried.set(path, found);
    if (found.result || found.refused) continue;
    if (found.said.length > 0 && found.silentIn.length === 0) never.push(path);
    else silent.push(`${path} in ${found.silentIn}`);
  }
  deepEqual(silent, []);
  deepEqual(never, NEVER);
});

Deno.test("a setting that is said to have no effect has none", async () => {
  let checked = 0;
  for (const [path, { said }] of tried) {
    for (const { name, config } of said.slice(0, RUN_THOUGH_SAID)) {
      const base = SETTING_BASES[name];
      ok((await outcome(config, base)).says === await unchanged(name, base), `${path} in ${name}`);
      checked++;
    }
  }
  ok(checked > 150, `only ${checked} changes were said to have no effect`);
});
