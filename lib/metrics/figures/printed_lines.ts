/** A line of the printed summary. */
export interface Line {
  /** What stands before it, "" where it goes on from the line above. */
  readonly name: string;
  /** Whether all but its first figure stand in brackets. */
  readonly isHeaded?: boolean;
  /** Whether it stands by itself above everything else. */
  readonly isHeadline?: boolean;
  /** Whether it is no line but a table with a line for each of its figures, latencies all. */
  readonly isTable?: boolean;
}

const LINES = {
  saturation: { name: "SATURATED:", isHeadline: true },
  latencies: { name: "latency", isTable: true },
  requests: { name: "requests" },
  reasons: { name: "" },
  throughput: { name: "throughput" },
  attainment: { name: "SLO attainment" },
  classes: { name: "" },
  prefixCache: { name: "prefix cache" },
  hostTier: { name: "host tier" },
  diskTier: { name: "disk tier" },
  storeTier: { name: "store tier" },
  speculation: { name: "speculation" },
  utilisation: { name: "utilisation" },
  instances: { name: "instances" },
  coldStarts: { name: "cold starts", isHeaded: true },
  sleep: { name: "sleep" },
  pools: { name: "{of} pool" },
  weightCache: { name: "weight cache" },
  faults: { name: "faults" },
  preemptions: { name: "preemptions" },
  migrations: { name: "migrations" },
  cost: { name: "cost", isHeaded: true },
  unitCost: { name: "" },
  energy: { name: "energy", isHeaded: true },
  energyPer: { name: "" },
  digest: { name: "digest" },
} as const satisfies Readonly<Record<string, Line>>;

/** Key of a line of the printed summary. */
export type PrintedLine = keyof typeof LINES;

/**
 * The lines of the printed summary, in their order. A line has the figures that
 * name it, and is left out together with the first of them. A name may quote a figure.
 */
export const PRINTED_LINES: Readonly<Record<PrintedLine, Line>> = LINES;
