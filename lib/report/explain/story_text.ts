import { stageLabel } from "../../plot/mod.ts";
import { BEFORE_START } from "../../metrics/wait_parts.ts";
import type { RequestStory, StoryStage } from "./story.ts";

/** Parts below this share of the whole latency are left out of a line, as are those below 1 ms. */
const LEAST_SHARE = 0.01;
const LEAST_SECONDS = 0.001;
/** Stages of a start that a line names: the longest ones. */
const MOST_STAGES = 3;

/** A number of tokens: "14,027". */
function whole(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Seconds as a story has them: three digits from a second on, two below, never an exponent. */
export function storySeconds(seconds: number): string {
  if (seconds >= 100) return `${seconds.toFixed(0)} s`;
  if (seconds >= 1) return `${seconds.toFixed(1)} s`;
  return `${seconds.toFixed(seconds >= 0.1 ? 2 : 3)} s`;
}

/** "once", "twice", "5 times". */
function times(count: number): string {
  return count === 1 ? "once" : count === 2 ? "twice" : `${count} times`;
}

/** What a stage is called in a sentence. */
function stageName(stage: string): string {
  return stage === BEFORE_START ? "until it began" : stageLabel(stage);
}

/** The longest stages of a start, in their order. */
function stagesText(stages: readonly StoryStage[], isWorthIt: (seconds: number) => boolean) {
  const longest = stages.filter(({ seconds }) => isWorthIt(seconds))
    .toSorted((one, other) => other.seconds - one.seconds).slice(0, MOST_STAGES);
  const named = stages.filter((stage) => longest.includes(stage)).map((
    { stage, seconds, sharers },
  ) =>
    `${stageName(stage)} ${storySeconds(seconds)}` +
    (sharers > 1 ? ` over a link shared by ${sharers}` : "")
  );
  return named.length === 0 ? "" : ` (${named.join("; ")})`;
}

/** The time before the first token, clause by clause. */
function firstTokenClauses(
  { parts, stages, startedInstance, behind, promptTokens, cachedTokens }: StoryFacts,
  isWorthIt: (seconds: number) => boolean,
): string[] {
  const clauses: string[] = [];
  const say = (seconds: number, text: (shown: string) => string) => {
    if (isWorthIt(seconds)) clauses.push(text(storySeconds(seconds)));
  };
  const of = (...names: (keyof StoryFacts["parts"])[]) =>
    names.reduce((sum, name) => sum + (parts[name] ?? 0), 0);
  say(of("lost"), (time) => `${time} in an instance that was gone before it was done`);
  say(of("gateway_queue"), (time) => `waited ${time} at the gateway for room`);
  say(of("start"), (time) => {
    const instance = startedInstance === null ? "an instance" : `instance ${startedInstance}`;
    return `waited ${time} for ${instance}${stagesText(stages, isWorthIt)}`;
  });
  const prompt = behind !== null && behind.tokens > 1
    ? `behind a ${whole(behind.tokens)}-token prompt`
    : undefined;
  const whose = behind === null ? "" : `request ${behind.request}, `;
  say(
    of("next_step"),
    (time) =>
      prompt === undefined
        ? `step in progress ${time}`
        : `${prompt} ${time} (${whose}step in progress)`,
  );
  say(
    of("budget"),
    (time) =>
      prompt === undefined
        ? `waited ${time} for tokens in the budget of steps`
        : `${prompt} ${time} (${whose}steps had no tokens left)`,
  );
  say(of("kv_blocks"), (time) => `waited ${time} for KV blocks`);
  say(of("kv_load"), (time) => `waited ${time} for KV blocks to come from a cache tier`);
  say(of("sequences"), (time) => `waited ${time} for a place in the batch`);
  const cached = cachedTokens > 0 ? ` (${whole(cachedTokens)} cached)` : "";
  say(of("prefill"), (time) => `${whole(promptTokens)} prompt tokens${cached} computed in ${time}`);
  say(of("prefill_stall"), (time) => `shared those steps with others' prompts for ${time}`);
  say(of("prefill_transfer"), (time) => `KV blocks of others moved for ${time}`);
  say(of("batch"), (time) => `waited ${time} for its static batch to end`);
  return clauses;
}

/** The time after the first token, and preemptions, clause by clause. */
function laterClauses(
  { parts, outputTokens, preemptions }: StoryFacts,
  isWorthIt: (seconds: number) => boolean,
): string[] {
  const clauses: string[] = [];
  const of = (...names: (keyof StoryFacts["parts"])[]) =>
    names.reduce((sum, name) => sum + (parts[name] ?? 0), 0);
  const say = (seconds: number, text: (shown: string) => string) => {
    if (isWorthIt(seconds)) clauses.push(text(storySeconds(seconds)));
  };
  say(of("decode"), (time) => `${whole(outputTokens)} tokens decoded in ${time}`);
  say(of("decode_stall"), (time) => `held up by others' prompts for ${time}`);
  say(of("decode_transfer"), (time) => `KV blocks moved for ${time}`);
  if (preemptions > 0) {
    const waiting = of("prefill_preempted", "decode_preempted");
    const again = of("prefill_recompute", "decode_recompute");
    const what = again > 0
      ? `${storySeconds(waiting + again)}, of which ${storySeconds(again)} computing again`
      : storySeconds(waiting);
    clauses.push(`preempted ${times(preemptions)} (${what})`);
  }
  say(of("decode_moved"), (time) => `lost its instance and went on elsewhere after ${time}`);
  return clauses;
}

/** A story without its line. */
type StoryFacts = Omit<RequestStory, "text">;

/**
 * A story in a line: `request 812: arrived 312.4 s; waited 11.2 s for instance 7 (weights load 8.3 s
 * over a link shared by 3); ...; TTFT 12.6 s, E2E 15.0 s`. Parts that are too short to matter are left
 * out.
 */
export function storyText(facts: StoryFacts): string {
  const { request, arrivalAtSeconds, outcome, ttftSeconds, e2eSeconds } = facts;
  const whole = e2eSeconds ?? ttftSeconds ?? 0;
  const isWorthIt = (seconds: number) =>
    seconds >= Math.max(LEAST_SECONDS, LEAST_SHARE * whole) && seconds > 0;
  const latencies = [
    ...(ttftSeconds === null ? [] : [`TTFT ${storySeconds(ttftSeconds)}`]),
    ...(e2eSeconds === null ? [] : [`E2E ${storySeconds(e2eSeconds)}`]),
  ];
  const clauses = [
    // One that a completion would have released has not arrived.
    Number.isNaN(arrivalAtSeconds)
      ? "never arrived"
      : `arrived ${arrivalAtSeconds.toFixed(arrivalAtSeconds < 10 ? 2 : 1)} s`,
    ...(ttftSeconds === null ? [] : firstTokenClauses(facts, isWorthIt)),
    ...(e2eSeconds === null ? [] : laterClauses(facts, isWorthIt)),
    ...(outcome === "completed" ? [] : [`ended as ${outcome}`]),
    ...(latencies.length === 0 ? [] : [latencies.join(", ")]),
  ];
  return `request ${request}: ${clauses.join("; ")}`;
}
