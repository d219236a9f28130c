import { parse, YamlSyntaxError } from "../../std/yaml.ts";
import { LINK_NAMES } from "../../network/topology.ts";
import { LIMITS } from "../../sim/limits.ts";
import { contentKind } from "../../std/content_kind.ts";
import { shownName, shownNames } from "../../std/safe_text.ts";
import {
  flag,
  list,
  mapping,
  number,
  oneOf,
  optional,
  readShape,
  record,
  type Shaped,
  text,
  withDefault,
} from "../../std/shape.ts";
import {
  type PlanLinks,
  type PlanStage,
  type StageTransfer,
  type StageWork,
  type StartPlan,
  type WeightTier,
} from "./stages.ts";

const bytes = number({ above: 0, max: LIMITS.mostBytes.value });
const seconds = number({ min: 0, max: LIMITS.longestSeconds.value });
const bandwidth = number({
  min: LIMITS.slowestBytesPerSecond.value,
  max: LIMITS.fastestBytesPerSecond.value,
  wanted: "a bandwidth that a link can have, in bytes per second",
});
const share = number({ min: 0 });
const anyText = text(/^/);

const routeShape = mapping({
  links: list(oneOf(LINK_NAMES)),
  limit_bytes_per_s: optional(bandwidth),
});

const transferShape = mapping({
  what: oneOf(["weights", "image", "snapshot", "fixed"]),
  fraction: withDefault(number({ above: 0, max: 1 }), 1),
  bytes: optional(bytes),
  from: mapping({
    remote: optional(routeShape),
    ssd: optional(routeShape),
    dram: optional(routeShape),
  }),
  chunk_bytes: withDefault(number({ min: 0, max: LIMITS.mostBytes.value }), 0),
  keep_in: withDefault(list(oneOf(["dram", "ssd"])), []),
  once_per_node: withDefault(flag, false),
});

const workShapes = {
  seconds: withDefault(seconds, 0),
  seconds_per: withDefault(record(number()), {}),
  transfer: optional(transferShape),
};

const stageShape = mapping({
  stage: text(/^[a-z][a-z0-9_]*$/, "a name of lower-case letters, digits and underscores"),
  after: optional(list(anyText)),
  ...workShapes,
  noise_sigma: withDefault(share, 0),
  noise_uniform: withDefault(number({ min: 0, below: 1 }), 0),
  poll_seconds: withDefault(seconds, 0),
  billed: withDefault(flag, true),
  artifact: optional(mapping({
    name: text(),
    scope: oneOf(["node", "cluster"]),
    key: withDefault(list(anyText), ["model"]),
    ready_after_starts: withDefault(number({ min: 1, whole: true }), 1),
    hit: withDefault(mapping(workShapes), {}),
  })),
});

const linksShape = mapping({
  registry_bytes_per_s: optional(bandwidth),
  storage_bytes_per_s: optional(bandwidth),
  nic_bytes_per_s: optional(bandwidth),
  ssd_read_bytes_per_s: optional(bandwidth),
  host_bytes_per_s: optional(bandwidth),
  pcie_bytes_per_s: optional(bandwidth),
  nvlink_bytes_per_s: optional(bandwidth),
});

const parametersShape = withDefault(record(number()), {});
const ownLinks = withDefault(linksShape, {});

const presetShape = mapping({
  id: text(),
  summary: text(),
  sources: withDefault(list(text()), []),
  parameters: parametersShape,
  features: parametersShape,
  links: ownLinks,
  platforms: withDefault(record(mapping({ parameters: parametersShape, links: ownLinks })), {}),
  stages: list(stageShape),
  wake: optional(list(stageShape)),
});

type StageInput = Shaped<typeof stageShape>;
type WorkInput = Pick<StageInput, "seconds" | "seconds_per" | "transfer">;

/** A described way to start: one plan per platform. */
export interface ColdStartPreset {
  /** Name of the preset. */
  readonly id: string;
  /** What it describes, in a sentence. */
  readonly summary: string;
  /** Where the numbers come from. */
  readonly sources: readonly string[];
  /** Platforms that it knows, in the file's order; `["default"]` when it names none. */
  readonly platforms: readonly string[];
  /** The file's parameters, before any platform's. */
  readonly parameters: Readonly<Record<string, number>>;
  /**
   * Plan of a start on a platform; the first platform unless named.
   *
   * @param parameters Values that replace the file's and the platform's.
   * @throws {RangeError} If the platform is unknown.
   * @throws {TypeError} If a parameter is unknown.
   */
  plan(platform?: string, parameters?: Readonly<Record<string, number>>): StartPlan;
  /** As `plan`, of waking an instance that sleeps with its weights in host memory; null when it cannot. */
  wakePlan(platform?: string, parameters?: Readonly<Record<string, number>>): StartPlan | null;
}

/**
 * Reads the description of a start (YAML, see docs/cold-start.md). Strings `$name` in `stages` and
 * `wake` stand for parameters, which a platform may override. Every platform is checked at once.
 *
 * @param content The file's text.
 * @param name The file's name in error messages.
 * @throws {SyntaxError} If it is not YAML.
 * @throws {TypeError} If a value is missing, unknown or of the wrong kind; names its path.
 * @throws {RangeError} If stages wait for each other in a circle or for one that does not exist.
 */
export function parseColdStartPreset(content: string, name = "cold start"): ColdStartPreset {
  let document: unknown;
  try {
    document = parse(content);
  } catch (error) {
    if (!(error instanceof YamlSyntaxError)) throw error;
    const { line, column, reason } = error;
    const place = line > 0 ? `:${line}:${column}` : "";
    throw new SyntaxError(
      `Cannot read ${name}${place} as YAML (${reason}): current value is ${contentKind(content)}`,
      { cause: error },
    );
  }
  if (typeof document !== "object" || document === null || Array.isArray(document)) {
    throw new TypeError(
      `Cannot read ${name} as a mapping: current value is ${
        Array.isArray(document) ? "a list" : contentKind(content)
      }`,
    );
  }
  const raw = document as Record<string, unknown>;
  const head = check({ ...raw, stages: [], wake: undefined }, name);
  const platforms = Object.keys(head.platforms);
  if (platforms.length === 0) platforms.push("default");

  const build = (platform: string, more: Readonly<Record<string, number>>) => {
    const own = Object.hasOwn(head.platforms, platform) ? head.platforms[platform] : undefined;
    const parameters = { ...head.parameters, ...own?.parameters, ...more };
    for (const key of Object.keys(parameters)) {
      if (Object.hasOwn(head.parameters, key)) continue;
      throw new TypeError(
        `Cannot set a parameter of ${name} for ${platform} as one of ${
          shownNames(Object.keys(head.parameters))
        }: current value is ${shownName(key)}`,
      );
    }
    const body = check(substitute(raw, parameters, "", name), name);
    const links = planLinks({ ...body.links, ...own?.links });
    const make = (stages: readonly StageInput[], at: string): StartPlan => ({
      id: body.id,
      platform,
      stages: planStages(stages, `${name} at ${at}`),
      links,
      features: body.features,
    });
    return {
      plan: make(body.stages, "stages"),
      wake: body.wake === undefined ? null : make(body.wake, "wake"),
    };
  };
  const plans = new Map(platforms.map((platform) => [platform, build(platform, {})]));
  const find = (platform = platforms[0], parameters?: Readonly<Record<string, number>>) => {
    const found = plans.get(platform);
    if (found === undefined) {
      throw new RangeError(
        `Cannot plan a start of ${head.id} as one on ${
          platforms.join(", ")
        }: current value is ${platform}`,
      );
    }
    const isAsWritten = parameters === undefined || Object.keys(parameters).length === 0;
    return isAsWritten ? found : build(platform, parameters);
  };
  return {
    id: head.id,
    summary: head.summary,
    sources: head.sources,
    platforms,
    parameters: head.parameters,
    plan: (platform, parameters) => find(platform, parameters).plan,
    wakePlan: (platform, parameters) => find(platform, parameters).wake,
  };
}

function check(value: unknown, name: string): Shaped<typeof presetShape> {
  const read = readShape(presetShape, value);
  if (read.wrong === undefined) return read.data;
  throw new TypeError(`Cannot read ${name} at ${read.wrong.path} ${read.wrong.text}`);
}

/** Replaces strings `$name` by numbers. */
function substitute(
  value: unknown,
  parameters: Readonly<Record<string, number>>,
  path: string,
  name: string,
): unknown {
  if (typeof value === "string" && value.startsWith("$")) {
    const key = value.slice(1);
    const number = Object.hasOwn(parameters, key) ? parameters[key] : undefined;
    if (number === undefined) {
      throw new TypeError(
        `Cannot read ${name} at ${path} as a parameter (${
          shownNames(Object.keys(parameters))
        }): current value is ${shownName(value)}`,
      );
    }
    return number;
  }
  if (Array.isArray(value)) {
    return value.map((item, i) => substitute(item, parameters, `${path}[${i}]`, name));
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        substitute(item, parameters, path === "" ? key : `${path}.${key}`, name),
      ]),
    );
  }
  return value;
}

function planStages(inputs: readonly StageInput[], name: string): PlanStage[] {
  const indexOf = new Map<string, number>();
  inputs.forEach((input, i) => {
    if (indexOf.has(input.stage)) {
      throw new RangeError(
        `Cannot read ${name} as distinct stages: current value is ${shownName(input.stage)} twice`,
      );
    }
    indexOf.set(input.stage, i);
  });
  // Without `after` a stage follows the one above it.
  const after = inputs.map((input, i) =>
    input.after?.map((other) => {
      const index = indexOf.get(other);
      if (index === undefined) {
        throw new RangeError(
          `Cannot read ${name}[${i}].after as stages of this list (${
            shownNames([...indexOf.keys()])
          }): current value is ${shownName(other)}`,
        );
      }
      return index;
    }) ?? (i > 0 ? [i - 1] : [])
  );
  const order = topologicalOrder(after);
  if (order.length < inputs.length) {
    const stuck = inputs.filter((_, i) => !order.includes(i)).map((input) => input.stage);
    throw new RangeError(
      `Cannot read ${name} as stages without a circle: current value is ${shownNames(stuck)}`,
    );
  }
  const placeOf = new Map(order.map((index, place) => [index, place]));
  return order.map((index) => {
    const { stage, noise_sigma, noise_uniform, poll_seconds, billed, artifact, ...work } =
      inputs[index];
    return {
      name: stage,
      after: after[index].map((other) => placeOf.get(other) as number),
      work: stageWork(work, `${name}[${index}]`),
      artifact: artifact === undefined ? null : {
        artifact: artifact.name,
        scope: artifact.scope,
        key: artifact.key,
        readyAfterStarts: artifact.ready_after_starts,
        hit: stageWork(artifact.hit, `${name}[${index}].artifact.hit`),
      },
      noiseSigma: noise_sigma,
      noiseUniform: noise_uniform,
      pollSeconds: poll_seconds,
      billed,
    };
  });
}

/** Order in which every index follows those it comes after; the smallest first. Short on a circle. */
function topologicalOrder(after: readonly (readonly number[])[]): number[] {
  const order: number[] = [];
  const placed = new Set<number>();
  while (order.length < after.length) {
    const next = after.findIndex((waits, i) =>
      !placed.has(i) && waits.every((other) => placed.has(other))
    );
    if (next < 0) break;
    placed.add(next);
    order.push(next);
  }
  return order;
}

function stageWork(input: WorkInput, path: string): StageWork {
  return {
    seconds: input.seconds,
    secondsPer: Object.entries(input.seconds_per).map(([feature, seconds]) => ({
      feature,
      seconds,
    })),
    transfer: input.transfer === undefined
      ? null
      : stageTransfer(input.transfer, `${path}.transfer`),
  };
}

function stageTransfer(input: Shaped<typeof transferShape>, path: string): StageTransfer {
  if ((input.what === "fixed") !== (input.bytes !== undefined)) {
    throw new TypeError(
      `Cannot read ${path} as "what: fixed" with bytes, or anything else without: current value is what: ${input.what}, bytes: ${input.bytes}`,
    );
  }
  const routes: StageTransfer["routes"] = Object.fromEntries(
    Object.entries(input.from).filter(([, route]) => route !== undefined).map((
      [tier, route],
    ) => [tier as WeightTier, {
      links: route.links,
      limitBytesPerSecond: route.limit_bytes_per_s ?? Infinity,
    }]),
  );
  if (input.what !== "weights" && routes.remote === undefined) {
    throw new TypeError(
      `Cannot read ${path}.from as routes of ${input.what} with one from remote: current value is ${
        Object.keys(routes).join(", ")
      }`,
    );
  }
  return {
    what: input.what,
    fraction: input.fraction,
    fixedBytes: input.bytes ?? 0,
    routes,
    chunkBytes: input.chunk_bytes,
    keepIn: input.keep_in,
    oncePerNode: input.once_per_node,
  };
}

function planLinks(input: Shaped<typeof linksShape>): PlanLinks {
  const links = {
    registryBytesPerSecond: input.registry_bytes_per_s,
    storageBytesPerSecond: input.storage_bytes_per_s,
    nicBytesPerSecond: input.nic_bytes_per_s,
    ssdReadBytesPerSecond: input.ssd_read_bytes_per_s,
    hostBytesPerSecond: input.host_bytes_per_s,
    pcieBytesPerSecond: input.pcie_bytes_per_s,
    nvlinkBytesPerSecond: input.nvlink_bytes_per_s,
  };
  // Absent ones are left out, so that spreading them over a node's own links changes nothing.
  return Object.fromEntries(Object.entries(links).filter(([, value]) => value !== undefined));
}
