import type { ProfileFacts } from "../profile_facts.ts";
import { medianOf } from "./between_kernels.ts";

/** The host's part of a step that no step before hides, as `execution.overheads` has it. */
export interface HostOverheads {
  /** Seconds of each step. */
  readonly stepSeconds: number;
  /** Seconds per sequence of a step. */
  readonly sequenceSeconds: number;
}

/**
 * What collected host times come to for an engine that prepares a step when the one before is done: the
 * launch of a graph and the inputs of the step, straight in its sequences (least squares). Under
 * asynchronous scheduling the step before hides it. Undefined where nothing of it was measured.
 */
export function hostOverheads(
  { graphs, prepares }: Pick<ProfileFacts, "graphs" | "prepares">,
): HostOverheads | undefined {
  if (graphs.length + prepares.length === 0) return undefined;
  const launch = graphs.length === 0 ? 0 : medianOf(graphs.map(({ seconds }) => seconds));
  if (prepares.length === 0) return { stepSeconds: launch, sequenceSeconds: 0 };
  const mean = (of: (one: ProfileFacts["prepares"][0]) => number) =>
    prepares.reduce((sum, one) => sum + of(one), 0) / prepares.length;
  const [x, y] = [mean(({ sequences }) => sequences), mean(({ seconds }) => seconds)];
  const spread = mean(({ sequences }) => (sequences - x) ** 2);
  const together = mean(({ sequences, seconds }) => (sequences - x) * (seconds - y));
  const slope = spread === 0 ? 0 : Math.max(0, together / spread);
  return { stepSeconds: launch + Math.max(0, y - slope * x), sequenceSeconds: slope };
}
