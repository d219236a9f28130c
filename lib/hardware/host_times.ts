import text from "../../data/hardware/host_times.yaml" with { type: "text" };
import { parse } from "../std/yaml.ts";

/** Kinds of launches whose time on the host is known. */
type Launch = "matmul" | "kernel" | "small" | "attention" | "compiled" | "graph";

/** Parts of layers whose launches are counted. */
export type HostPart = "attention" | "latent" | "recurrent" | "dense" | "experts";

type Launches = Readonly<Partial<Record<Launch, number>>>;

interface HostTimesFile {
  readonly launches: Readonly<Record<Launch, number>>;
  readonly layers: Readonly<
    Record<HostPart, { readonly eager: Launches; readonly outside?: Launches }>
  >;
  readonly engines: { readonly most: number; readonly full: string };
}

let file: HostTimesFile | undefined;

function read(): HostTimesFile {
  file ??= parse(text) as HostTimesFile;
  return file;
}

/** Seconds that the host of a GPU needs for one part of one layer. */
export interface HostPartSeconds {
  /** Kernel by kernel, from Python. */
  readonly eager: number;
  /** Of compiled code: what is not in its pieces as before, the rest without Python. */
  readonly compiled: number;
  /** Of what lies between two graphs of pieces; 0 where a part has nothing there. */
  readonly outside: number;
}

/**
 * Seconds of the host for a part of a layer: launches x the time of one.
 *
 * @source data/hardware/host_times.yaml
 */
export function hostPartSeconds(part: HostPart): HostPartSeconds {
  const { launches, layers } = read();
  const { eager, outside = {} } = layers[part];
  const seconds = (counts: Launches, of: (kind: Launch) => number) =>
    Object.entries(counts).reduce((sum, [kind, count]) => sum + count * of(kind as Launch), 0);
  const own = seconds(outside, (kind) => launches[kind]);
  const inside = seconds(eager, () => 1) - seconds(outside, () => 1);
  return {
    eager: seconds(eager, (kind) => launches[kind]),
    compiled: own + inside * launches.compiled,
    outside: own,
  };
}

/** Seconds of the host for the replay of one graph. */
export function graphSeconds(): number {
  return read().launches.graph;
}

/** Most tokens of a step that vLLM captures graphs for, whatever its sequences. */
export function mostCapturedTokens(): number {
  return read().engines.most;
}

/** The first version of vLLM that captures decode-only steps whole. */
export function firstFullGraphs(): string {
  return read().engines.full;
}
