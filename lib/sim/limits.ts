/** The most (or the least) of something that a run may have or be told. */
export interface Limit {
  readonly value: number;
  /** Unit of the value, for people. */
  readonly unit: string;
  /** What is limited. */
  readonly of: string;
  /** Why there is a limit, and why it lies here. */
  readonly reason: string;
}

/**
 * Every limit of a run, in one table: rooms that refuse something take its limit from here, and
 * docs/limits.md is made of it. Memory and time were measured on two cores of a cloud machine with
 * 24 GB: each limit lies where a run of nothing else takes some seconds and about a gigabyte, and far
 * above what a cluster has.
 */
export const LIMITS = {
  longestSeconds: {
    value: 2 ** 31 - 1,
    unit: "s",
    of: "any time in a configuration or a cold-start preset",
    reason: "68 years: more is a mistyped unit, or a date",
  },
  shortestPeriodSeconds: {
    value: 1e-6,
    unit: "s",
    of:
      "any time between two samples, evaluations, looks or decisions, and any mean time between " +
      "faults",
    reason: "the clock resolves 15 picoseconds; a microsecond still moves it after a year",
  },
  slowestBytesPerSecond: {
    value: 1e5,
    unit: "bytes/s",
    of: "any bandwidth in a configuration or a cold-start preset",
    reason: "less is a number without its unit: 12 where 12GB/s is meant",
  },
  fastestBytesPerSecond: {
    value: 1e15,
    unit: "bytes/s",
    of: "any bandwidth in a configuration or a cold-start preset",
    reason: "a hundred times the memory of the fastest GPU",
  },
  fewestBytes: {
    value: 1e6,
    unit: "bytes",
    of: "any room for weights or swapped blocks in a configuration, unless it is 0",
    reason: "less is a number without its unit: 512 where 512GB is meant",
  },
  mostBytes: {
    value: 1e18,
    unit: "bytes",
    of: "any room for weights or swapped blocks in a configuration",
    reason: "a thousand machines' disks; more is gigabytes given in bytes, or a slip",
  },
  count: {
    value: 2 ** 31 - 1,
    unit: "",
    of: "any number of things that has no limit of its own",
    reason: "columns of whole numbers have 32 bits",
  },
  tokens: {
    value: 2 ** 30,
    unit: "tokens",
    of: "any length in tokens that has no limit of its own",
    reason: "the sum of two still fits into a column of 32 bits; the longest windows have 10^7",
  },
  coefficient: {
    value: 1e4,
    unit: "ms",
    of:
      "the coefficients of `profiling`: milliseconds per token, squared token or gigabyte, and sizes",
    reason: "ten seconds for a token in one layer: more is another unit",
  },
  requestsPerSecond: {
    value: 1e9,
    unit: "requests/s",
    of: "any rate of requests",
    reason: "beyond any service; the number of requests has a limit of its own",
  },
  factor: {
    value: 1e9,
    unit: "",
    of: "any plain number (a factor, a weight, a target) that has no limit of its own",
    reason: "keeps products and sums finite",
  },
  requests: {
    value: 1e8,
    unit: "requests",
    of: "the requests of a run, drawn or read, turns of sessions counted one by one",
    reason: "150 bytes each: 15 GB of columns, or as much of the disk with `--stream`",
  },
  meanTurns: {
    value: 1e6,
    unit: "turns",
    of: "the mean number of turns of a session",
    reason: "a turn adds tokens, and the longest windows have some million",
  },
  prefixBlocks: {
    value: 2.5e8,
    unit: "blocks",
    of: "the hashed blocks of all prompts of a workload that shares prefixes",
    reason: "8 bytes each, and as much again while they are made: 4 GB",
  },
  simulatedSeconds: {
    value: 1e9,
    unit: "s",
    of: "the simulated time of a run",
    reason: "32 years: more is the rows of two clocks in one trace, or a slip of a unit",
  },
  samples: {
    value: 5e6,
    unit: "rows",
    of: "the rows of the time series",
    reason: "130 bytes each: 0.7 GB, in 2 s and more, by the number of instances",
  },
  periodicEvents: {
    value: 1e9,
    unit: "events",
    of: "the scaling evaluations, the decisions on pools and the faults of a run, each, expected " +
      "before it",
    reason: "0.5 to 5 microseconds each: ten minutes to an hour and a half",
  },
  replications: {
    value: 10_000,
    unit: "runs",
    of: "the replications of one configuration",
    reason: "a smallest run takes 3 ms, a summary 10 kB; intervals narrow with the square root",
  },
  machines: {
    value: 100_000,
    unit: "machines",
    of: "all machines of `cluster.nodes`",
    reason: "4 kB each and 1.7 s in all; the largest cluster so far has as many GPUs",
  },
  gpusPerMachine: {
    value: 1024,
    unit: "GPUs",
    of: "the GPUs of one machine, and each parallel degree of an instance",
    reason: "the largest NVLink domain has 576",
  },
  functions: {
    value: 65_535,
    unit: "functions",
    of: "all functions of a run",
    reason: "the column of the function has 16 bits; 10 kB each, 3 s in all",
  },
  initialInstances: {
    value: 20_000,
    unit: "instances",
    of: "the instances that are there when a run begins, and the members of a pool",
    reason: "45 kB each at 256 sequences: 0.9 GB, in 3 s",
  },
  instancesAtOnce: {
    value: 50_000,
    unit: "instances",
    of: "the instances that a run has at one time",
    reason: "45 kB each at 256 sequences: 2.2 GB, and routing looks at each of them",
  },
  instancesMade: {
    value: 2_000_000,
    unit: "instances",
    of:
      "the instances that a run makes, one after the other; without machines each fault makes one",
    reason:
      "0.8 kB are kept of a stopped one and of the stages of its start: 1.6 GB, in five minutes",
  },
  sequences: {
    value: 65_536,
    unit: "sequences",
    of: "the sequences that an instance runs at once",
    reason: "100 bytes each in every instance; engines are set to some thousand at most",
  },
  sequenceSlots: {
    value: 2.5e7,
    unit: "sequences",
    of: "the sequences of all instances that are there when a run begins",
    reason: "100 bytes each once they all run: 2.5 GB",
  },
  stepTokens: {
    value: 2 ** 20,
    unit: "tokens",
    of: "the tokens of one step, and of one KV block",
    reason: "a table of times has a row for each; the longest windows are of this length",
  },
  draftTokens: {
    value: 64,
    unit: "tokens",
    of: "the tokens that are drafted per sequence and step",
    reason: "engines are set to some 8 at most; the mean length of what is accepted is below 10",
  },
  pendingEvents: {
    value: 2 ** 26,
    unit: "events",
    of: "the events that wait at one time",
    reason: "28 bytes each: 1.9 GB",
  },
  startsInVain: {
    value: 1000,
    unit: "starts",
    of:
      "the starts of a function that fail or are lost to faults one after the other while requests " +
      "wait for it",
    reason: "a start that fails 98 times in 100 succeeds before that but once in 10^8 runs",
  },
  requeuesInVain: {
    value: 10_000,
    unit: "requeues",
    of: "the requests that begin anew at a drain limit before one of them ends",
    reason: "requests that take longer than instances are left to finish would never end",
  },
  replacedAtOnce: {
    value: 10_000,
    unit: "instances",
    of:
      "the instances of a function that are replaced at one instant since they fail as they begin",
    reason: "time would stand still",
  },
  idleEvaluations: {
    value: 100_000,
    unit: "evaluations",
    of:
      "the scaling evaluations without a request's end that leave a function, for which requests " +
      "wait, at no instance",
    reason: "more than a day of one a second: a timetable may be so long",
  },
  evaluationsWithoutGpus: {
    value: 10_000,
    unit: "evaluations",
    of:
      "the scaling evaluations without a request's end that leave a function, for which requests " +
      "wait, without a free GPU",
    reason: "hours of one a second: whoever is idle so long is kept for good",
  },
  eventsWithoutProgress: {
    value: 2e7,
    unit: "events",
    of: "the events between two ends (or arrivals) of requests, samples apart",
    reason: "some 20 s in which nothing comes of all that happens",
  },
  listItems: {
    value: 1000,
    unit: "numbers",
    of: "the numbers of a list, such as percentiles",
    reason: "each percentile is worked out for every latency of every function",
  },
  leastVariation: {
    value: 1e-3,
    unit: "",
    of: "the coefficient of variation (standard deviation / mean) of gaps and lengths",
    reason: "below it a law is a constant, and its shape leaves the range of its formulas",
  },
  mostVariation: {
    value: 1e3,
    unit: "",
    of: "the coefficient of variation (standard deviation / mean) of gaps and lengths",
    reason: "beyond it nearly all draws are 0, and a run does not see the mean",
  },
  bins: {
    value: 100_000,
    unit: "bins",
    of: "the bins of a histogram of idle times, and the periods of a season, a window or a delay",
    reason: "all of them are looked at in each decision; the paper's histogram has 240",
  },
  traceBeginSeconds: {
    value: 30 * 86_400,
    unit: "s",
    of: "the first arrival of a trace in numbers, from the beginning of its clock",
    reason: "30 days of nothing are simulated before anything comes: times since 1970 are meant",
  },
  runsOnSeconds: {
    value: 7 * 86_400,
    unit: "s",
    of: "the time that a run goes on after its last request until its fleet has scaled down",
    reason: "what is kept for longer is kept for good; a notice says that the run was cut off",
  },
  noticedBytes: {
    value: 4e9,
    unit: "bytes",
    of: "the memory that a run is expected to hold before a notice says so",
    reason: "a notebook computer has 8 GB or more",
  },
  noticedSeconds: {
    value: 60,
    unit: "s",
    of: "the time that a run is expected to take before a notice says so",
    reason: "whoever waits for longer wants to know for how long",
  },
} as const satisfies Record<string, Limit>;

/** Name of a limit. */
export type LimitName = keyof typeof LIMITS;

/** A limit for people: "at most 5,000,000 rows". */
export function atMost(name: LimitName): string {
  const { value, unit } = LIMITS[name] as Limit;
  return `at most ${plain(value)}${unit === "" ? "" : ` ${unit}`}`;
}

/** A number that is easily read: thousands apart, or as a power of ten where it is estimated. */
export function plain(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e12) {
    return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
  }
  return String(Number(value.toPrecision(2)));
}
