/**
 * Workloads: arrivals, lengths, sessions. A workload is a RequestTable of typed columns, drawn before the
 * run. Recorded ones are read by simfaasinfer/traces.
 *
 * @module
 */
export type { Distribution } from "../lib/sim/distributions/distribution.ts";
export { type RandomStream, type RandomStreams, randomStreams } from "../lib/sim/random_streams.ts";
export type { ArrivalProcess } from "../lib/workload/arrivals/arrival_process.ts";
export { bursts, type BurstsOptions } from "../lib/workload/arrivals/bursts.ts";
export { gammaArrivals, type GammaArrivalsOptions } from "../lib/workload/arrivals/gamma.ts";
export { poisson } from "../lib/workload/arrivals/poisson.ts";
export { ARRIVALS } from "../lib/workload/arrivals/processes.ts";
export { rateCurve, type RateCurveOptions } from "../lib/workload/arrivals/rate_curve.ts";
export { renewal } from "../lib/workload/arrivals/renewal.ts";
export { uniformArrivals } from "../lib/workload/arrivals/uniform.ts";
export { weibullArrivals, type WeibullArrivalsOptions } from "../lib/workload/arrivals/weibull.ts";
export {
  type EmbeddedName,
  embeddedNames,
  type EmbeddedWorkload,
  embeddedWorkload,
} from "../lib/workload/embedded.ts";
export { generateWorkload } from "../lib/workload/generate.ts";
export { lengthsFromTable } from "../lib/workload/lengths/from_table.ts";
export {
  independentLengths,
  type IndependentLengthsOptions,
} from "../lib/workload/lengths/independent.ts";
export {
  jointQuantiles,
  type JointQuantilesOptions,
} from "../lib/workload/lengths/joint_quantiles.ts";
export { LENGTH_LAWS } from "../lib/workload/lengths/laws/laws.ts";
export type { LengthModel } from "../lib/workload/lengths/length_model.ts";
export type { ClosedLoop, PrefixBlocks, RequestTable } from "../lib/workload/request_table.ts";
export { selectRows } from "../lib/workload/select_rows.ts";
export { sortByArrival } from "../lib/workload/sort_by_arrival.ts";
export { withArrivals } from "../lib/workload/with_arrivals.ts";
export type {
  PrefixGroups,
  Sessions,
  Shares,
  WorkloadSpec,
} from "../lib/workload/workload_spec.ts";
