import type { RunHoldings } from "../../cluster/cluster_parts.ts";
import type { Configuration } from "../../config/configuration.ts";
import { digits, grouped } from "../readable_numbers.ts";
import { UsageError } from "../usage_error.ts";

/** Memory of this process and of its machine, bytes. */
export interface MemoryReading {
  /** JavaScript objects. */
  readonly heapBytes: number;
  /** Everything, typed arrays included. */
  readonly residentBytes: number;
}

/** What the memory of this process may grow to, bytes. */
export interface MemoryBounds {
  readonly heapBytes: number;
  /** Of the machine, or of the control group that the process is in; Infinity where none is told. */
  readonly residentBytes: number;
}

/** Share of a bound at which a run ends: at 1 the engine or the system ends the process. */
const ENDS_AT = 0.9;

/** Looks in a row that find the memory full before the run ends: garbage may be collected in between. */
const FULL_LOOKS = 2;

/** The part of V8's heap that old objects never fill: three semi-spaces of 32 MiB, bytes. */
const YOUNG_GENERATION_BYTES = 96 * 2 ** 20;

/**
 * JavaScript objects up to which nobody asks how many fit: no heap is smaller, and to ask takes longer
 * than many a run, bytes.
 */
const SMALLEST_HEAP_BYTES = 32 * 2 ** 20;

/** Wall time between two looks at the memory, milliseconds. */
const LOOK_EVERY_MS = 100;

const MEMORIES = {
  heapBytes: {
    name: "the JavaScript heap",
    hint: "--v8-flags=--max-old-space-size=MEGABYTES gives deno a larger one",
  },
  residentBytes: { name: "the memory of the machine or container", hint: "" },
} as const;

/** Ends a run before the memory ends the process. */
export class MemoryGuard {
  readonly #config: Configuration;
  readonly #bounds: MemoryBounds;
  readonly #read: () => MemoryReading;
  readonly #nowMs: () => number;
  #lookedMs = -Infinity;
  #fullLooks = 0;

  /** @param read What is in use now. @param nowMs Wall clock, milliseconds. */
  constructor(
    config: Configuration,
    bounds: MemoryBounds = memoryBounds(),
    read: () => MemoryReading = readMemory,
    nowMs: () => number = () => performance.now(),
  ) {
    this.#config = config;
    this.#bounds = bounds;
    this.#read = read;
    this.#nowMs = nowMs;
  }

  /**
   * Refuses a run that is expected to hold more than there is.
   *
   * @param bytes What the run is expected to hold.
   * @throws {UsageError} If it does not fit.
   */
  requireRoom(bytes: number): void {
    const most = this.#bounds.residentBytes * ENDS_AT;
    if (!(bytes > most)) return;
    throw new UsageError(
      `Cannot hold a run of this size in ${MEMORIES.residentBytes.name} of ` +
        `${gigabytes(this.#bounds.residentBytes)}: current value is ${gigabytes(bytes)} or more ` +
        `(${largestSettings(this.#config)})`,
    );
  }

  /**
   * Looks at the memory, if it is time to.
   *
   * @throws {UsageError} If it is nearly full.
   */
  look(simulatedSeconds: number, holdings: RunHoldings): void {
    const now = this.#nowMs();
    if (now - this.#lookedMs < LOOK_EVERY_MS) return;
    this.#lookedMs = now;
    const inUse = this.#read();
    const full = (["heapBytes", "residentBytes"] as const).find((key) =>
      inUse[key] >= (key === "heapBytes" ? SMALLEST_HEAP_BYTES : 0) &&
      inUse[key] >= this.#bounds[key] * ENDS_AT
    );
    this.#fullLooks = full === undefined ? 0 : this.#fullLooks + 1;
    if (full === undefined || this.#fullLooks < FULL_LOOKS) return;
    const { name, hint } = MEMORIES[full];
    throw new UsageError(
      `Cannot go on at ${grouped(Math.round(simulatedSeconds))} simulated seconds in ${name} of ` +
        `${gigabytes(this.#bounds[full])}: current value is ${
          gigabytes(inUse[full])
        } in use, with ` +
        `${this.#contents(simulatedSeconds, holdings)}${hint === "" ? "" : `; ${hint}`}`,
    );
  }

  /** What the run holds, and the setting that makes less of what there is most of. */
  #contents(simulatedSeconds: number, held: RunHoldings): string {
    const { collect_interval: interval } = this.#config.metrics;
    // One that is not set gives a few thousand rows whatever the run.
    const samples = interval === null ? 0 : simulatedSeconds / interval;
    const parts = [
      {
        text: `${grouped(held.requestsInside)} requests inside`,
        weight: held.requestsInside,
        advice: "lower workload.arrival_rate or workload.num_requests, or raise " +
          "scaling.max_instances",
      },
      samples > 0 && {
        text: `${grouped(Math.round(samples))} rows of the time series`,
        weight: samples,
        advice: "raise metrics.collect_interval",
      },
      {
        text: `${grouped(held.instancesMade)} instances made, ${grouped(held.instances)} there`,
        weight: 10 * held.instancesMade,
        advice: "lower scaling.max_instances, or raise scaling.keep_alive.seconds",
      },
    ].filter((part) => part !== false).toSorted((a, b) => b.weight - a.weight);
    return `${parts.map(({ text }) => text).join(", ")} (${parts[0].advice})`;
  }
}

function largestSettings({ workload, simulation, metrics }: Configuration): string {
  return `lower workload.num_requests, workload.arrival_rate or simulation.duration, which is ` +
    `${simulation.duration} s` +
    (metrics.collect_interval === null
      ? ""
      : `, or raise metrics.collect_interval, which is ${metrics.collect_interval} s`) +
    (workload.sessions.mean_turns === null ? "" : `, or lower workload.sessions.mean_turns`);
}

function gigabytes(bytes: number): string {
  return `${digits(bytes / 1e9)} GB`;
}

function readMemory(): MemoryReading {
  const { heapUsed, rss } = Deno.memoryUsage();
  return { heapBytes: heapUsed, residentBytes: rss };
}

/** What there is; where the system does not tell, nothing is bounded. */
export function memoryBounds(): MemoryBounds {
  const machine = numberIn("/proc/meminfo", /^MemTotal:\s+(\d+) kB$/m, 1024);
  const groups = [
    numberIn("/sys/fs/cgroup/memory.max", /^(\d+)$/m, 1),
    numberIn("/sys/fs/cgroup/memory/memory.limit_in_bytes", /^(\d+)$/m, 1),
  ];
  return {
    get heapBytes() {
      return heapLimit() - YOUNG_GENERATION_BYTES;
    },
    residentBytes: Math.min(machine, ...groups),
  };
}

let knownHeapLimit: number | undefined;

/** What V8's heap may grow to, bytes. */
function heapLimit(): number {
  // An import would have every run wait for a module that hardly any needs.
  // deno-lint-ignore no-process-global
  knownHeapLimit ??= process.getBuiltinModule("node:v8").getHeapStatistics().heap_size_limit;
  return knownHeapLimit;
}

/** A number of bytes in a file of the kernel; Infinity without it or without leave to read it. */
function numberIn(path: string, pattern: RegExp, unitBytes: number): number {
  try {
    const found = pattern.exec(Deno.readTextFileSync(path));
    return found === null ? Infinity : Number(found[1]) * unitBytes;
  } catch {
    return Infinity;
  }
}
