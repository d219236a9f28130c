import type { Configuration } from "../config/configuration.ts";
import { ConfigError } from "../config/config_error.ts";
import type { ExecutionFacts } from "./execution_facts.ts";

/** The source that `execution.source: auto` comes to. */
export interface SettledSource {
  /** The configuration with that source in its place. */
  readonly config: Configuration;
  /** Which it is, for what, and why; absent where a configuration names its source. */
  readonly notice?: string;
}

/**
 * Settles `execution.source: auto`: measured tables with the constants of the engine where a shipped
 * profile has the GPU, every operator and format of the model and the wanted attention kernel; data
 * sheets elsewhere. A file of the configuration's own has to do.
 */
export async function settleSource(
  config: Configuration,
  facts: ExecutionFacts,
): Promise<SettledSource> {
  const { execution } = config;
  if (execution.source !== "auto") return { config };
  // Megabytes of tables, which only those wait for who may read them: see buildExecution().
  const tables: typeof import("./profiled_execution.ts") = await import(
    "./profiled_execution" + ".ts"
  );
  const as = (source: "calibrated" | "analytical") => ({
    ...config,
    execution: { ...execution, source },
  });
  const measured = as("calibrated");
  const { shape, gpu } = facts;
  const begins = `execution.source: auto takes`;
  try {
    const lacking = tables.lackingKernel(measured, facts);
    if (lacking === undefined) {
      const { name } = tables.buildProfiledExecution(measured, facts);
      return {
        config: measured,
        notice:
          `${begins} measured tables for all operators of ${shape.name} on ${gpu.name} (${name})`,
      };
    }
    return { config: as("analytical"), notice: instead(begins, facts, lacking) };
  } catch (error) {
    const isLacking = error instanceof RangeError || error instanceof ConfigError;
    if (!isLacking || execution.profile !== null) throw error;
    return { config: as("analytical"), notice: instead(begins, facts, why(error.message)) };
  }
}

function instead(begins: string, { shape, gpu }: ExecutionFacts, reason: string): string {
  return `${begins} data sheets (analytical) for all operators of ${shape.name} on ${gpu.name}: ${reason}`;
}

/** The first line of a refusal without what would be allowed. */
function why(message: string): string {
  return message.split("\n")[0].replace(/ \(allowed: .*/, "").replace(/^Cannot/, "cannot");
}
