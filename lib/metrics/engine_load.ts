/** One step of an engine. */
export interface StepReading {
  /** Duration, seconds; 0 where there was none. */
  seconds: number;
  /** Prompts that the step computed a part of, and tokens of those parts. */
  prefillSequences: number;
  prefillTokens: number;
  /** Sequences that decoded, and the KV entries that they attended to. */
  decodeSequences: number;
  decodeContextTokens: number;
}

/** What an engine works on at an instant. */
export interface EngineLoad {
  /** Requests in the batch. */
  running: number;
  /** Requests that wait for a place in it. */
  waiting: number;
  /** Prompt tokens of those that wait and have had no token yet. */
  waitingPromptTokens: number;
  /** Prompt and output tokens of those that wait since they were preempted. */
  waitingDecodeTokens: number;
  /** KV entries that its blocks in use have room for, and those of all its blocks, tokens. */
  kvTokens: number;
  kvCapacityTokens: number;
  /** The step that ended last; all 0 where nothing runs. */
  step: StepReading;
}

/** No step. */
export function noStep(): StepReading {
  return {
    seconds: 0,
    prefillSequences: 0,
    prefillTokens: 0,
    decodeSequences: 0,
    decodeContextTokens: 0,
  };
}
