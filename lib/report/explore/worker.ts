/**
 * The simulator beside the page: gets configurations, sends what came of them. Of several that wait, the
 * last one counts.
 *
 * @module
 */
import { simulate } from "../../run/mod.ts";
import { answerOf } from "./answer.ts";
import type { AskedRun, Told } from "./messages.ts";
import { withRequests } from "./set_knobs.ts";

/** The parts of a Worker's own side that are used. */
interface OwnSide {
  onmessage: ((event: { readonly data: AskedRun }) => void) | null;
  postMessage(message: Told): void;
}

const own = globalThis as unknown as OwnSide;

let next: AskedRun | undefined;
let isRunning = false;

own.onmessage = ({ data }) => {
  next = data;
  if (!isRunning) runAll();
};

async function runAll(): Promise<void> {
  isRunning = true;
  while (next !== undefined) {
    const { id, config, requests } = next;
    next = undefined;
    for (const [i, count] of requests.entries()) {
      if (next !== undefined) break;
      try {
        const answer = answerOf(await simulate(withRequests(config, count)));
        own.postMessage({ id, answer, isLast: i === requests.length - 1 });
      } catch (error) {
        own.postMessage({ id, mistake: error instanceof Error ? error.message : String(error) });
        break;
      }
      // Lets a newer question in.
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
  isRunning = false;
}
