import { constant, type Distribution, uniform } from "../../sim/distributions/mod.ts";
import { randomStreams } from "../../sim/random_streams.ts";
import { generateWorkload, independentLengths } from "../../workload/mod.ts";
import { clientLatencies } from "./client_latencies.ts";
import type { ConcurrencyPoint } from "./concurrency_points.ts";
import type { Constants } from "./constants.ts";
import type { Latencies } from "./latencies.ts";
import { type LoadGenerator, loadGeneratorOf } from "./load_generator.ts";
import type { MeasuredServer, ServerRunner } from "./server.ts";

/**
 * Keeps `concurrency` requests in flight at the server of a point: all at once, then one for each that
 * completes.
 *
 * @param generator The point's own benchmark unless another one is wanted.
 */
export function replayConcurrencyPoint(
  runner: ServerRunner,
  point: ConcurrencyPoint,
  constants: Constants,
  generator: LoadGenerator = loadGeneratorOf(point),
): Latencies {
  const { concurrency } = point;
  const { leastLength, requestsPerSlot } = generator;
  const requests = generateWorkload({
    lengths: independentLengths({
      promptTokens: lengths(point.promptTokens, leastLength),
      outputTokens: lengths(point.outputTokens, leastLength),
    }),
    requests: requestsPerSlot * concurrency,
    // What passes between client and engine keeps the slot empty.
    closedLoop: { concurrency, thinkSeconds: constants.requestSeconds },
  }, randomStreams(1));
  const record = runner.run(serverOf(point, generator), constants, requests);
  return clientLatencies(record, constants.requestSeconds);
}

function lengths(nominal: number, least: number): Distribution {
  return least === 1
    ? constant({ value: nominal, integer: true })
    : uniform({ min: Math.ceil(least * nominal), max: nominal, integer: true });
}

/** The server of a point as its benchmark sets it up. */
export function serverOf(point: ConcurrencyPoint, generator: LoadGenerator): MeasuredServer {
  return {
    model: point.model,
    gpu: point.gpu,
    tensorParallel: point.tensorParallel,
    weightDtype: point.fp8 ? "fp8" : "bf16",
    maxSequences: point.concurrency,
    maxTokensPerStep: generator.maxTokensPerStep(point),
    asyncScheduling: generator.asyncScheduling,
    memoryShare: 0.9,
    sampling: generator.sampling,
    cudaGraphs: generator.cudaGraphs,
  };
}
