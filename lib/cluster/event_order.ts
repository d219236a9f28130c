/**
 * The order of coincident events. Everything that happens at an instant happens before any engine
 * forms its next step, so a request that arrives as a step ends can be in the very next one.
 *
 * | priority | event | why here |
 * |---|---|---|
 * | (first) | end of a step, by instance id | what it frees is there for whoever comes at the same instant |
 * | (second) | an instance becomes ready | likewise |
 * | (third) | arrival from the workload, by request id | before timers: who arrives in time is in time |
 * | 0 | arrival released by a completion | an arrival like the others, but known only now |
 * | 1 | timeout in the gateway's queue | after the chance to be served at the last instant |
 * | 2 | keep-alive or sleep ends | after arrivals, which would have used the instance |
 * | 2 | warning, fault, repair, retry of a start | after arrivals, which hit the instance |
 * | 3 | scaling evaluation | sees the instant's arrivals and completions |
 * | 3 | size of a pre-warmed pool | likewise |
 * | 4 | a delayed decision takes effect | after the evaluations of the same instant |
 * | 5 | sample of the time series | sees the instant as a whole |
 * | 6 | end of the warm-up | steps that end with it belong to it |
 * | (last) | idle engines form their next step, by instance id | |
 *
 * The rows without a number are not in the event queue: step ends live in a heap by instance,
 * arrivals in the sorted workload.
 */
export const Priority = {
  release: 0,
  timeout: 1,
  keepAlive: 2,
  fault: 2,
  scaling: 3,
  actuation: 4,
  sample: 5,
  warmup: 6,
} as const;
