/**
 * Workloads: arrivals, lengths, sessions, and traces that were recorded elsewhere. A workload is a
 * RequestTable of typed columns, drawn or read before the run. Distributions and streams of random
 * numbers are here too, since whoever draws takes a stream.
 *
 * @module
 */
export { constant } from "../lib/sim/distributions/constant.ts";
export { discrete } from "../lib/sim/distributions/discrete.ts";
export type { Bounds, Distribution } from "../lib/sim/distributions/distribution.ts";
export {
  empiricalQuantiles,
  type EmpiricalQuantilesOptions,
} from "../lib/sim/distributions/empirical_quantiles.ts";
export { exponential } from "../lib/sim/distributions/exponential.ts";
export { gamma } from "../lib/sim/distributions/gamma.ts";
export { lognormal } from "../lib/sim/distributions/lognormal.ts";
export { pareto, type ParetoOptions } from "../lib/sim/distributions/pareto.ts";
export { uniform, type UniformOptions } from "../lib/sim/distributions/uniform.ts";
export { weibull, type WeibullOptions } from "../lib/sim/distributions/weibull.ts";
export { zipf, type ZipfOptions } from "../lib/sim/distributions/zipf.ts";
export { type RandomStream, type RandomStreams, randomStreams } from "../lib/sim/random_streams.ts";
export { fromTable } from "../lib/settings/from_table.ts";
export type {
  AnyPolicy,
  CheckFacts,
  Contradiction,
  Declaration,
  Declared,
  MadeOf,
  Named,
  NameOf,
  NeedsOf,
  OptionsOf,
  Policy,
  PolicyLaws,
  PolicyTable,
  SettingList,
} from "../lib/settings/policy.ts";
export type { Applicability, NumberBounds, Setting } from "../lib/settings/setting.ts";
export type { ArrivalProcess, ArrivalsEntry } from "../lib/workload/arrivals/arrival_process.ts";
export { bursts, type BurstsOptions } from "../lib/workload/arrivals/bursts.ts";
export { gammaArrivals, type GammaArrivalsOptions } from "../lib/workload/arrivals/gamma.ts";
export { poisson } from "../lib/workload/arrivals/poisson.ts";
export { ARRIVALS, type ArrivalsName } from "../lib/workload/arrivals/processes.ts";
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
export type { LengthEntry } from "../lib/workload/lengths/laws/law.ts";
export { LENGTH_LAWS, type LengthLawName } from "../lib/workload/lengths/laws/laws.ts";
export type { LengthModel } from "../lib/workload/lengths/length_model.ts";
export type { ClosedLoop, PrefixBlocks, RequestTable } from "../lib/workload/request_table.ts";
export { selectRows } from "../lib/workload/select_rows.ts";
export { sortByArrival } from "../lib/workload/sort_by_arrival.ts";
export type { TraceColumns } from "../lib/workload/traces/columns.ts";
export type { TraceFormat } from "../lib/workload/traces/formats/mod.ts";
export type { FormatOptions } from "../lib/workload/traces/format.ts";
export type { TimeUnit } from "../lib/workload/traces/units.ts";
export {
  readTrace,
  type ReadTraceOptions,
  readTraceStream,
} from "../lib/workload/traces/read_trace.ts";
export {
  type CsvTraceOptions,
  detectTraceFormat,
  type JsonTraceOptions,
  type LlmServingSimTraceOptions,
  type MooncakeTraceOptions,
  readAzureTrace,
  readCsvTrace,
  readJsonTrace,
  readLlmServingSimTrace,
  readMooncakeTrace,
  readVidurTrace,
  TRACE_READERS,
} from "../lib/workload/traces/readers.ts";
export type {
  ArrivalWindow,
  FailedRule,
  Trace,
  TraceOptions,
} from "../lib/workload/traces/trace.ts";
export {
  transformTrace,
  type TransformTraceOptions,
} from "../lib/workload/traces/transform_trace.ts";
export { withArrivals } from "../lib/workload/with_arrivals.ts";
export type {
  PrefixGroups,
  Sessions,
  Shares,
  WorkloadSpec,
} from "../lib/workload/workload_spec.ts";
