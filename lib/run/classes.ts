import type { GatewayNeeds } from "../scheduling/admission/mod.ts";
import type { SloLimits } from "../metrics/slo.ts";
import type { RateLimit } from "../scheduling/admission/mod.ts";
import type { RandomStreams } from "../sim/random_streams.ts";
import { drawShares } from "../workload/draw_shares.ts";
import type { RequestTable } from "../workload/mod.ts";
import type { RequestPieces } from "../workload/request_pieces.ts";
import { ConfigError } from "../config/config_error.ts";
import type { Configuration } from "../config/configuration.ts";
import type { BuiltRequests } from "./requests.ts";

/** A service class with everything that holds for it. */
export interface ServiceClass {
  /** Name in the results. */
  readonly name: string;
  /** Order under the queue order "priority"; lower goes first. */
  readonly priority: number;
  /** Weight under weighted fair queueing, > 0. */
  readonly weight: number;
  /** Limits of its requests. */
  readonly slo: SloLimits;
  /** Limit of its rate. */
  readonly rateLimit?: RateLimit;
}

/** The requests with their class column, and the classes that it counts. */
export interface BuiltClasses {
  readonly table: RequestTable;
  /** Classes by id; one without a name when there are none. */
  readonly classes: readonly ServiceClass[];
  /** Whether the configuration or the trace names classes. */
  readonly areNamed: boolean;
}

/** The same, and all rows of the workload, of which `table` has those that are inside. */
export interface BuiltWorkload extends BuiltClasses {
  readonly workload: RequestPieces;
}

type Slo = Configuration["slo"];

/** Limits of a class; what it leaves open is taken from the section `slo`. */
function limitsOf(common: Slo, own?: Slo): SloLimits {
  return {
    ttftSeconds: own?.ttft_s ?? common.ttft_s ?? Infinity,
    tpotSeconds: own?.tpot_s ?? common.tpot_s ?? Infinity,
    e2eSeconds: own?.e2e_s ?? common.e2e_s ?? Infinity,
  };
}

/** Limits of a function's requests by class: a class's own, else the function's. */
export function limitsByClass(
  slo: Slo,
  classes: Configuration["workload"]["classes"],
): readonly SloLimits[] {
  return classes.length === 0 ? [limitsOf(slo)] : classes.map((one) => limitsOf(slo, one.slo));
}

/** A token bucket of the configuration; undefined when there is no limit. */
export function rateLimitOf(limit: Configuration["gateway"]["rate_limit"]): RateLimit | undefined {
  const { requests_per_second: perSecond, burst } = limit;
  return perSecond === null ? undefined : { perSecond, burst };
}

/**
 * The classes of a run: those of the configuration, to which a trace's names are matched, or else
 * those that the trace names. Where nothing says to which class a request belongs, the classes'
 * shares do; the turns of a session stay together.
 *
 * @throws {ConfigError} If the trace names a class that is not configured, or several classes have
 *   neither shares nor a column in the trace.
 */
export function buildClasses(
  config: Configuration,
  { table, classNames }: BuiltRequests,
  streams: RandomStreams,
): BuiltClasses {
  const { slo, workload } = config;
  if (workload.classes.length === 0) {
    const names = classNames.length > 0 ? classNames : [""];
    const classes = names.map((name) => ({ name, priority: 0, weight: 1, slo: limitsOf(slo) }));
    return { table, classes, areNamed: classNames.length > 0 };
  }
  const classes = workload.classes.map((one): ServiceClass => {
    const rateLimit = rateLimitOf(one.rate_limit);
    return {
      name: one.name,
      priority: one.priority,
      weight: one.weight,
      slo: limitsOf(slo, one.slo),
      ...(rateLimit && { rateLimit }),
    };
  });
  return { table: withClassIds(workload, table, classNames, streams), classes, areNamed: true };
}

function withClassIds(
  { classes }: Configuration["workload"],
  table: RequestTable,
  traceNames: readonly string[],
  streams: RandomStreams,
): RequestTable {
  if (table.classId !== undefined && traceNames.length > 0) {
    const ids = traceNames.map((name) => {
      const id = classes.findIndex((one) => one.name === name);
      if (id >= 0) return id;
      throw new ConfigError([
        `Cannot use a class of the trace as one of workload.classes: current value is "${name}" ` +
        `(allowed: ${classes.map((one) => one.name).join(", ")})`,
      ]);
    });
    return { ...table, classId: table.classId.map((id) => ids[id]) };
  }
  if (table.classId !== undefined || classes.length === 1) return table;
  const weights = classes.map(({ share }) => share);
  if (weights.includes(null)) {
    throw new ConfigError([
      `Cannot use "workload.classes" as classes of requests: current value is ${classes.length} ` +
      `classes without shares, and the workload has no class column`,
    ]);
  }
  const shares = { weights: weights as number[] };
  const { sessionId, count } = table;
  const drawn = drawShares(shares, count, streams, "classes", 256)!;
  // A session's turns are of the class that was drawn for its first one.
  const first = new Map<number, number>();
  return {
    ...table,
    classId: Uint8Array.from(drawn, (id, request) => {
      const session = sessionId === undefined ? -1 : sessionId[request];
      if (session < 0) return id;
      if (!first.has(session)) first.set(session, id);
      return first.get(session)!;
    }),
  };
}

/** Flows at the gateway: the classes and, within each, its tenants. */
export function buildFlows(
  { table, classes, workload }: BuiltWorkload,
): Pick<GatewayNeeds, "flowOf" | "weightOf"> {
  const { classId, tenantId } = table;
  const present = classes.map(() => new Set<number>());
  let tenants = 1;
  for (const piece of workload.pieces()) {
    for (let i = 0; i < piece.count; i++) {
      const tenant = piece.tenantId?.[i] ?? 0;
      if (tenant >= tenants) tenants = tenant + 1;
      present[piece.classId?.[i] ?? 0].add(tenant);
    }
  }
  return {
    flowOf: (request) => (classId?.[request] ?? 0) * tenants + (tenantId?.[request] ?? 0),
    // Each class has its weight however many tenants send requests of it.
    weightOf(flow) {
      const id = Math.floor(flow / tenants);
      return classes[id].weight / Math.max(1, present[id].size);
    },
  };
}
