import type { RandomStreams } from "../sim/random_streams.ts";
import type { LengthModel } from "./lengths/length_model.ts";
import type { Sessions } from "./workload_spec.ts";

/** The turns of sessions as rows, each session's turns one after the other. */
export interface SessionTurns {
  readonly count: number;
  /** Session of each row. */
  readonly session: Int32Array;
  /** Prompt: the history and the new tokens. */
  readonly promptTokens: Int32Array;
  readonly outputTokens: Int32Array;
  /** The row before of the same session, or -1. */
  readonly afterRequest: Int32Array;
  /** Seconds from its completion to this turn. */
  readonly thinkSeconds: Float64Array;
}

/**
 * Draws the turns of `sessions` sessions. The prompt of a turn is the prompt and the output of the
 * turn before, followed by new tokens.
 *
 * @param firstTokens Tokens in front of a session's first prompt.
 * @param requests Greatest number of turns in all; the last session is cut there.
 * @throws {RangeError} If a law gives less than 1 turn or a negative time.
 */
export function drawSessionTurns(
  spec: Sessions,
  lengths: LengthModel,
  sessions: number,
  firstTokens: number,
  requests: number,
  streams: RandomStreams,
): SessionTurns {
  const { maxPromptTokens = 2 ** 31 - 1 } = spec;
  const turns = new Int32Array(sessions);
  spec.turns.fillInt32(turns, streams.take("session_turns"));
  let total = 0;
  for (let s = 0; s < sessions; s++) {
    if (turns[s] < 1) {
      throw new RangeError(
        `Cannot use turns of a session as at least 1: current value is ${turns[s]}`,
      );
    }
    total += turns[s];
  }
  const newTokens = new Int32Array(total);
  const outputs = new Int32Array(total);
  lengths.fill(newTokens, outputs, streams.take("prompt_tokens"), streams.take("output_tokens"));
  const thinkStream = streams.take("think_seconds");

  const capacity = Math.min(total, requests);
  const session = new Int32Array(capacity);
  const promptTokens = new Int32Array(capacity);
  const outputTokens = new Int32Array(capacity);
  const afterRequest = new Int32Array(capacity).fill(-1);
  const thinkSeconds = new Float64Array(capacity);
  let row = 0;
  for (let s = 0, first = 0; s < sessions && row < capacity; first += turns[s], s++) {
    let history = firstTokens;
    for (let turn = 0; turn < turns[s] && row < capacity; turn++) {
      const prompt = history + newTokens[first + turn];
      if (turn > 0) {
        // The first turn stands whatever its length: the engine judges it.
        if (prompt > maxPromptTokens) break;
        afterRequest[row] = row - 1;
        const think = spec.thinkSeconds.sample(thinkStream);
        if (!(think >= 0)) {
          throw new RangeError(
            `Cannot use think time as a number of seconds >= 0: current value is ${think}`,
          );
        }
        thinkSeconds[row] = think;
      }
      session[row] = s;
      promptTokens[row] = prompt;
      outputTokens[row] = outputs[first + turn];
      history = prompt + outputTokens[row];
      row++;
    }
  }
  return {
    count: row,
    session: session.subarray(0, row),
    promptTokens: promptTokens.subarray(0, row),
    outputTokens: outputTokens.subarray(0, row),
    afterRequest: afterRequest.subarray(0, row),
    thinkSeconds: thinkSeconds.subarray(0, row),
  };
}
