/**
 * The steps of vLLM's own scheduler, as the data set `vllm-scheduler-steps` has them: reading, and what
 * they say of each request. The data set's README describes the format.
 * @module
 */

/** What a case runs with; names as in the files. */
export interface StepSettings {
  /** Token budget of a step, and most sequences in it. */
  readonly budget: number;
  readonly seqs: number;
  /** KV blocks that can be used, and tokens per block. */
  readonly blocks: number;
  readonly block: number;
  /** Longest sequence, tokens. */
  readonly window: number;
  readonly policy: "fcfs" | "priority";
  readonly caching: boolean;
  /** Whether admission asks for room for the whole prompt. */
  readonly reserve: boolean;
  readonly async: boolean;
  /** Most tokens of one prompt in a step; 0 for no limit. */
  readonly threshold: number;
}

/** One workload and what the scheduler made of it. */
export interface SchedulerCase {
  readonly name: string;
  readonly kind: string;
  readonly settings: StepSettings;
  readonly requests: readonly (readonly [
    arrival: number,
    prompt: number,
    output: number,
    priority: number,
  ])[];
  /** With caching: by request, first and length of runs of block identities. */
  readonly blocks?: readonly (readonly number[])[];
  readonly steps: readonly (number | EncodedStep)[];
}

type EncodedStep = readonly [
  step: number,
  gone: number,
  flat: readonly number[],
  preempted: readonly number[],
  free: number,
];

/** One step: who is scheduled, who was preempted for it, what is free once it is formed. */
export interface SchedulerStep {
  readonly step: number;
  /** Request, tokens, tokens computed before; by request. */
  readonly entries: readonly (readonly [request: number, tokens: number, before: number])[];
  /** By number. */
  readonly preempted: readonly number[];
  /** Free KV blocks; undefined where the case does not say. */
  readonly free: number | undefined;
}

/** What becomes of each request; a step is a second. */
export interface RequestFates {
  readonly firstTokenAt: Float64Array;
  readonly completedAt: Float64Array;
  readonly preemptions: Int32Array;
}

/** Output tokens after which each request ends. */
export function outputLimitsOf({ requests, settings }: SchedulerCase): Int32Array {
  return Int32Array.from(
    requests,
    ([, prompt, output]) => Math.min(output, settings.window - prompt),
  );
}

const byNumber = (a: number, b: number) => a - b;

/** Writes a case's steps out, and what they make of the requests. */
export function readSteps(one: SchedulerCase): { steps: SchedulerStep[]; fates: RequestFates } {
  const { requests } = one;
  const limits = outputLimitsOf(one);
  const generated = new Int32Array(requests.length);
  const fates: RequestFates = {
    firstTokenAt: new Float64Array(requests.length).fill(NaN),
    completedAt: new Float64Array(requests.length).fill(NaN),
    preemptions: new Int32Array(requests.length),
  };
  const steps: SchedulerStep[] = [];
  // Who is expected in the next step, with the tokens computed before it, in order of scheduling.
  let predicted: [request: number, before: number][] = [];
  const take = (
    step: number,
    entries: [number, number, number][],
    preempted: readonly number[],
    free: number | undefined,
  ) => {
    predicted = [];
    for (const request of preempted) fates.preemptions[request]++;
    for (const [request, tokens, before] of entries) {
      const known = requests[request][1] + generated[request];
      if (before + tokens < known) continue;
      if (generated[request]++ === 0) fates.firstTokenAt[request] = step + 1;
      if (generated[request] >= limits[request]) fates.completedAt[request] = step + 1;
      else predicted.push([request, before + tokens]);
    }
    const sorted = [...entries].sort((a, b) => a[0] - b[0]);
    steps.push({ step, entries: sorted, preempted: [...preempted].sort(byNumber), free });
  };
  const asEntry = ([request, before]: [number, number]): [number, number, number] => [
    request,
    1,
    before,
  ];
  let step = -1;
  for (const encoded of one.steps) {
    if (typeof encoded === "number") {
      for (let i = 0; i < encoded; i++) take(++step, predicted.map(asEntry), [], undefined);
      continue;
    }
    const [number, gone, flat, preempted, free] = encoded;
    step = number;
    const entries = predicted.slice(0, predicted.length - gone).map(asEntry);
    for (let i = 0; i < flat.length; i += 3) entries.push([flat[i], flat[i + 1], flat[i + 2]]);
    take(step, entries, preempted, free);
  }
  return { steps, fates };
}
