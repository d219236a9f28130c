import { LATENCY_PART_NAMES, type LatencyPart } from "../../metrics/latency_parts.ts";
import type { ExplainSource } from "./explain_source.ts";
import { type PromptAhead, PromptsAhead } from "./prompts_ahead.ts";
import { StageSharers } from "./start_stages.ts";
import { storyText } from "./story_text.ts";

/** A stage of the start that a request waited for. */
export interface StoryStage {
  /** Name of the stage; `before_start`: until it began. */
  readonly stage: string;
  /** Part of the wait that fell into it, seconds. */
  readonly seconds: number;
  /** Transfers on the link of the bytes that it waited for, its own included; 1 where nothing moved. */
  readonly sharers: number;
}

/** Where the time of one request went. Seconds; null where it never got there. */
export interface RequestStory {
  /** Its number, `id` in the tables. */
  readonly request: number;
  /** Its function. */
  readonly function: string;
  /** Instance that finished it, or last held it; null for none. */
  readonly instance: number | null;
  /** How it ended. */
  readonly outcome: string;
  /** Arrival at the gateway. */
  readonly arrivalAtSeconds: number;
  /** Time to first token. */
  readonly ttftSeconds: number | null;
  /** End-to-end latency. */
  readonly e2eSeconds: number | null;
  /** Length of its prompt, tokens. */
  readonly promptTokens: number;
  /** Those of them that the prefix cache had. */
  readonly cachedTokens: number;
  /** Length of its output, tokens. */
  readonly outputTokens: number;
  /** Times that it was preempted. */
  readonly preemptions: number;
  /** What its time was made of: the parts above 0, in the order of its way. */
  readonly parts: Readonly<Partial<Record<LatencyPart, number>>>;
  /** Instance whose start it waited for; null where it did not. */
  readonly startedInstance: number | null;
  /** That wait by stage, in their order. */
  readonly stages: readonly StoryStage[];
  /** The longest prompt that its instance computed while it waited in there; null for none. */
  readonly behind: PromptAhead | null;
  /** All of it in a line. */
  readonly text: string;
}

/** Tells stories of the requests of a run. */
export class Storyteller {
  readonly #source: ExplainSource;
  readonly #sharers: StageSharers;
  readonly #ahead: PromptsAhead;

  constructor(source: ExplainSource) {
    this.#source = source;
    this.#sharers = new StageSharers(source.stages);
    this.#ahead = new PromptsAhead(source);
  }

  /**
   * Where the time of a request went.
   *
   * @throws {RangeError} If there is no such request.
   */
  tell(request: number): RequestStory {
    const source = this.#source;
    if (!Number.isInteger(request) || request < 0 || request >= source.count) {
      throw new RangeError(
        `Cannot find a request as one of the ${source.count} from 0 on: current value is ${request}`,
      );
    }
    const arrival = source.arrivalAtSeconds[request];
    const after = (instant: number) => Number.isNaN(instant) ? null : instant - arrival;
    const { instanceId: { [request]: instance } } = source;
    const facts = {
      request,
      function: source.functionNames[source.functionId[request]],
      instance: instance < 0 ? null : instance,
      outcome: source.outcomeNames[source.outcome[request]],
      arrivalAtSeconds: arrival,
      ttftSeconds: after(source.firstTokenAtSeconds[request]),
      e2eSeconds: after(source.completedAtSeconds[request]),
      promptTokens: source.promptTokens[request],
      cachedTokens: source.cachedTokens[request],
      outputTokens: source.outputTokens[request],
      preemptions: source.preemptions[request],
      parts: partsOf(source, request),
      ...this.#start(request),
      behind: this.#ahead.of(request) ?? null,
    };
    return { ...facts, text: storyText(facts) };
  }

  /** The start that a request waited for. */
  #start(request: number): Pick<RequestStory, "startedInstance" | "stages"> {
    const { waits, parts } = this.#source;
    const { [request]: startSeconds } = parts.start;
    const rows = rowsOf(waits.request, request);
    if (rows.length === 0 || !(startSeconds > 0)) return { startedInstance: null, stages: [] };
    const startedInstance = waits.instanceId[rows[0]];
    // A request that has lost an instance waited for this start from then on: the last part counts.
    let left = startSeconds;
    const stages: StoryStage[] = [];
    for (const row of rows.toReversed()) {
      const seconds = Math.min(left, waits.waitSeconds[row]);
      left -= seconds;
      if (!(seconds > 0)) continue;
      const stage = waits.stageNames[waits.stage[row]];
      stages.unshift({ stage, seconds, sharers: this.#sharers.of(startedInstance, stage) });
    }
    if (left > EARLIER_SECONDS) stages.unshift({ stage: EARLIER_START, seconds: left, sharers: 1 });
    return { startedInstance, stages };
  }
}

/** What the waits for starts of instances that were lost are called. */
const EARLIER_START = "earlier_start";
/** Shorter ones are the rounding of sums, seconds. */
const EARLIER_SECONDS = 1e-6;

/** The parts of a request's time above 0. */
function partsOf(
  { parts }: ExplainSource,
  request: number,
): Partial<Record<LatencyPart, number>> {
  const there: Partial<Record<LatencyPart, number>> = {};
  for (const name of LATENCY_PART_NAMES) {
    const seconds = parts[name][request];
    if (seconds > 0) there[name] = seconds;
  }
  return there;
}

/** Rows of a request in an ascending column. */
function rowsOf(column: ArrayLike<number>, request: number): number[] {
  let low = 0, high = column.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (column[middle] < request) low = middle + 1;
    else high = middle;
  }
  const rows: number[] = [];
  for (let row = low; row < column.length && column[row] === request; row++) rows.push(row);
  return rows;
}
