import type { MigrationRecord } from "../migration_record.ts";
import type { WeightCacheCounts } from "../../serverless/cold_start/weight_cache.ts";
import type { ByTier } from "../../serverless/cost/storage.ts";
import { LIFE_PHASES, type LifePhase } from "../../serverless/life_phases.ts";
import { phaseSeconds, poolParts, sleepPart } from "../elastic_parts.ts";
import { orNull } from "../latency_summary.ts";
import type { FaultRecord } from "../run_record.ts";
import { storedGbHours } from "../storage_summary.ts";
import {
  because,
  count,
  type Figures,
  number,
  numberOrNull,
  part,
  partOrNull,
  rows,
  shareOrNull,
  text,
  texts,
  unused,
} from "./figure.ts";
import type { SummaryParts } from "./summary_parts.ts";

const GB_HOURS = "GB × h";
const NO_LOOKUP = because("no start looked for weights");

const WEIGHT_CACHE_FIGURES: Figures<WeightCacheCounts> = {
  lookups: count({
    doc: "Starts, by machine, that looked for weights",
    printed: { line: "weightCache", words: "of {}", place: 1 },
  }, ({ lookups }) => lookups),
  dram_hit_rate: shareOrNull({
    doc: "Share of them that found the weights in host memory; null without look-ups",
    isNull: NO_LOOKUP,
    printed: { line: "weightCache", words: "{} found in host memory", otherwise: null },
  }, ({ lookups, dramHits }) => lookups > 0 ? dramHits / lookups : null),
  ssd_hit_rate: shareOrNull({
    doc: "Share of them that found the weights on a local disk and not in memory",
    isNull: NO_LOOKUP,
    printed: { line: "weightCache", words: "{} on disk" },
  }, ({ lookups, ssdHits }) => lookups > 0 ? ssdHits / lookups : null),
  evictions: count({ doc: "Models given up to make room" }, ({ evictions }) => evictions),
};

const STORED_FIGURES: Figures<ByTier> = {
  dram: number(GB_HOURS, {
    doc: "Bytes of weights kept over time in the memory of machines, loading ones included",
  }, ({ dram }) => dram),
  ssd: number(GB_HOURS, { doc: "On their disks, likewise" }, ({ ssd }) => ssd),
  remote: number(GB_HOURS, {
    doc:
      "In the remote store: the weights of all functions, each once, from the beginning to the end of the run",
  }, ({ remote }) => remote),
};

const SLEEP_FIGURES: Figures<NonNullable<ReturnType<typeof sleepPart>>> = {
  sleeps: count({
    doc: "Times that an instance went to sleep",
    printed: { line: "sleep", words: "{} fell asleep" },
  }, ({ sleeps }) => sleeps),
  wakes: count({
    doc: "Sleeping instances that were woken",
    printed: { line: "sleep", words: "{} woke" },
  }, ({ wakes }) => wakes),
  expired: count(
    { doc: "Those that stopped because their time was over" },
    ({ expired }) => expired,
  ),
  evicted: count(
    { doc: "Those that stopped because others needed the host memory" },
    ({ evicted }) => evicted,
  ),
  instance_seconds: number("instance × s", {
    doc: "Time asleep",
    printed: { line: "sleep", words: "{} instance-seconds asleep" },
  }, ({ asleepSeconds }) => asleepSeconds),
  memory_gb_hours: number(GB_HOURS, {
    doc: "Host memory that they held meanwhile",
    printed: { line: "sleep", words: "{} GB hours of host memory" },
  }, ({ byteSeconds }) => byteSeconds / 1e9 / 3600),
};

const POOL_FIGURES: Figures<ReturnType<typeof poolParts>[number]> = {
  of: text({ doc: "What its members are: `node`, `container` or `engine`" }, ({ of }) => of),
  functions: texts(
    { doc: "Names of the functions whose starts take from it" },
    ({ functions }) => functions,
  ),
  starts: count({ doc: "Starts of theirs, wakings apart" }, ({ starts }) => starts),
  hits: count({ doc: "Those that took a member" }, ({ hits }) => hits),
  hit_rate: shareOrNull({
    doc: "`hits` over `starts`; null without starts",
    isNull: because("no start could take from a pool"),
    printed: { line: "pools", words: "{} of {starts} starts served", otherwise: "no starts" },
  }, ({ hits, starts }) => starts > 0 ? hits / starts : null),
  members: count(
    { doc: "Members made in all, those at the beginning included" },
    ({ members }) => members.length,
  ),
  evicted: count(
    { doc: "Members given up because instances needed their GPUs" },
    ({ evicted }) => evicted,
  ),
  mean_size: number("members", {
    doc: "Members that could be taken, mean over the run",
    printed: { line: "pools", words: "{} members ready on average" },
  }, ({ readySeconds, runSeconds }) => runSeconds > 0 ? readySeconds / runSeconds : 0),
};

const FAULT_FIGURES: Figures<FaultRecord> = {
  failures: count({
    doc: "Failures without a warning, of machines or of instances",
    printed: { line: "faults", words: "{} failures" },
  }, ({ failures }) => failures),
  preemptions: count({
    doc: "Preemptions of spot capacity",
    printed: { line: "faults", words: "{} preemptions" },
  }, ({ preemptions }) => preemptions),
  instances_lost: count(
    { doc: "Ready or draining instances that were lost" },
    ({ instancesLost }) => instancesLost,
  ),
  requests_hit: count({
    doc: "Requests that were inside them",
    printed: { line: "faults", words: "{} requests hit" },
  }, ({ requestsHit }) => requestsHit),
  requests_failed: count(
    { doc: "Those of them that ended there" },
    ({ requestsFailed }) => requestsFailed,
  ),
  lost_tokens: number("tokens", {
    doc: "Tokens whose KV entries were lost, to be computed again, or in vain",
  }, ({ lostTokens }) => lostTokens),
  failed_starts: count({
    doc: "Starts that failed",
    printed: { line: "faults", words: "{} starts failed" },
  }, ({ failedStarts }) => failedStarts),
  availability: shareOrNull({
    doc: "Share of the machines' time in which they were up; null without machines",
    isNull: unused("without cluster.nodes there are no machines"),
    printed: { line: "faults", words: "machines up {}", otherwise: null },
  }, ({ availability }) => orNull(availability)),
  recovery_s: numberOrNull("s", {
    doc: "Mean time until as many instances were ready as before a fault; null: never",
    isNull: because("no function came back from a fault"),
  }, ({ recoverySeconds }) => orNull(recoverySeconds)),
};

const MIGRATION_FIGURES: Figures<MigrationRecord> = {
  begun: count({ doc: "Moves that were begun" }, ({ begun }) => begun),
  moved: count({
    doc: "Those after which the request went on in another instance",
    printed: { line: "migrations", words: "{} requests moved" },
  }, ({ moved }) => moved),
  aborted: count({
    doc: "Those that were given up: the request had ended, or there was no room any more",
    printed: { line: "migrations", words: "{} given up" },
  }, ({ aborted }) => aborted),
  downtime_mean_s: numberOrNull("s", {
    doc:
      "Mean time for which a request stood still until its KV entries were there; null: none moved " +
      "with them",
    isNull: because("no request moved with its KV entries"),
    printed: { line: "migrations", words: "{} of standstill on average", otherwise: null },
  }, ({ downtimes }) => orNull(downtimes.mean)),
  downtime_max_s: numberOrNull("s", {
    doc: "The longest such time",
    isNull: because("no request moved with its KV entries"),
  }, ({ downtimes }) => downtimes.count > 0 ? downtimes.max : null),
};

/** What machines keep, sleep, pools, faults and migration add. */
export const ELASTIC_FIGURES: Figures<SummaryParts> = {
  weight_cache: partOrNull(
    {
      doc: "Where starts found their weights; null without `cluster.nodes`",
      isNull: unused("no machines keep weights"),
    },
    ({ options }) => options.weightCache ?? null,
    WEIGHT_CACHE_FIGURES,
  ),
  stored_weights_gb_hours: part(
    { doc: "Weights kept by place, bytes over time" },
    ({ options }) => storedGbHours(options.stored),
    STORED_FIGURES,
  ),
  evicted_instances: count({
    doc: "Idle instances that stopped because another function's found no free GPU",
  }, ({ run }) => run.evictions),
  sleep: partOrNull(
    {
      doc: "What sleeping instances did; null without `scaling.keep_alive.sleep`",
      isNull: unused("no instance sleeps in place of stopping"),
    },
    ({ run }) => sleepPart(run),
    SLEEP_FIGURES,
  ),
  prewarmed_pools: rows(
    { type: "PoolSummary", doc: "One entry per pool that starts took from; empty without pools" },
    ({ run, options }) => poolParts(run, options.functionNames ?? []),
    POOL_FIGURES,
  ),
  faults: partOrNull(
    { doc: "What faults did; null without the section `faults`", isNull: unused("nothing fails") },
    ({ run }) => run.faults ?? null,
    FAULT_FIGURES,
  ),
  migrations: partOrNull(
    {
      doc: "Running requests that moved; null without the section `migration`",
      isNull: unused("running requests stay where they are"),
    },
    ({ run }) => run.migrations ?? null,
    MIGRATION_FIGURES,
  ),
};

/** What each phase is, in the order of a life. */
const PHASE_DOCS: Readonly<Record<LifePhase, string>> = {
  warming: "Members of pools until they are ready; the seven phases add up to `instance_seconds`",
  pooled: "Members of pools that can be taken",
  starting: "From creation to ready, or to the end of a start that was given up",
  waking: "The same of instances that are made of a sleeping one",
  ready: "Idle or busy",
  draining: "From the decision to stop to the stop",
  asleep: "From going to sleep to the waking or the stop",
};

const PHASE_FIGURES: Figures<Record<LifePhase, number>> = Object.fromEntries(
  LIFE_PHASES.map((phase) => [
    phase,
    number("instance × s", { doc: PHASE_DOCS[phase] }, (seconds) => seconds[phase]),
  ]),
);

/** How long instances were there, and in which phase. */
export const TIME_FIGURES: Figures<SummaryParts> = {
  preemptions: count({
    doc: "Sum of the requests' preemptions",
    printed: { line: "preemptions" },
  }, ({ counts }) => counts.preemptions),
  instance_seconds: number("instance × s", {
    doc: "Time from creation to stop (or the end of the run), all instances and members of pools",
    printed: { line: "instances", words: "{} instance-seconds" },
  }, ({ use }) => use.instanceSeconds),
  phase_seconds: part(
    { doc: "The same by phase" },
    ({ run }) => phaseSeconds(run),
    PHASE_FIGURES,
  ),
  gpu_hours: number("GPU × h", {
    doc:
      "Time in which they hold GPUs, times those, over 3600: from the start to the end of service, and members of pools of engines and nodes",
    printed: { line: "instances", words: "{} GPU hours", place: -1 },
  }, ({ use }) => use.gpuSeconds / 3600),
};
