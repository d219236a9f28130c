import { asleepSeconds, upSeconds } from "../serverless/life_phases.ts";
import type { FunctionFacts } from "./function_facts.ts";
import { emptyTotals } from "./meter_totals.ts";
import type { RunRecord } from "./run_record.ts";

/** Time, work and room of all instances, summed up. */
export function instanceUse(run: RunRecord, functions: readonly FunctionFacts[]) {
  const use = {
    instanceSeconds: 0,
    gpuSeconds: 0,
    upSeconds: 0,
    busySeconds: 0,
    flops: 0,
    peakFlops: 0,
    bytes: 0,
    peakBytes: 0,
    blockSeconds: 0,
    blockCapacitySeconds: 0,
    memoryShareSeconds: 0,
  };
  const totals = emptyTotals();
  for (const life of run.lives) {
    const facts = functions[life.functionId];
    run.totals.at(life.instanceId, totals);
    const lifeSeconds = life.stoppedAtSeconds - life.createdAtSeconds;
    const up = upSeconds(life);
    use.instanceSeconds += lifeSeconds;
    use.gpuSeconds += (lifeSeconds - asleepSeconds(life)) * facts.gpus;
    use.upSeconds += up;
    use.busySeconds += totals.busySeconds;
    use.flops += totals.flops;
    use.peakFlops += up * facts.peakFlops;
    use.bytes += totals.bytes;
    use.peakBytes += up * facts.peakBytesPerSecond;
    use.blockSeconds += totals.blockSeconds;
    use.blockCapacitySeconds += up * facts.kvBlocks;
    use.memoryShareSeconds += up * facts.fixedMemoryShare +
      totals.blockSeconds / facts.kvBlocks * facts.kvMemoryShare;
  }
  for (const { members, holdsGpus } of run.pools ?? []) {
    for (const { createdAtSeconds, endAtSeconds, functionId } of members) {
      const seconds = endAtSeconds - createdAtSeconds;
      use.instanceSeconds += seconds;
      if (holdsGpus) use.gpuSeconds += seconds * functions[functionId].gpus;
    }
  }
  return use;
}
