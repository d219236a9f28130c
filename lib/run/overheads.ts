import {
  type CalibrationEntry,
  calibrationFor,
  type CalibrationKey,
  calibrationNotice,
  type Overhead,
} from "../execution/calibrated/mod.ts";
import { MACHINE_SOURCES } from "../execution/sources/mod.ts";
import { engineOfStrategy } from "../scheduling/batching/engine_versions.ts";
import type { Configuration } from "../config/configuration.ts";
import { engineSettings } from "../config/engine_settings.ts";

/** What a serving framework adds to the times of its kernels. */
export interface Overheads {
  readonly overhead: Overhead;
  /** Seconds between a client and the engine, per request. */
  readonly requestSeconds: number;
  /** What a user should know. */
  readonly notices: readonly string[];
}

/**
 * The overheads that a configuration states, else the fitted ones under `execution.source: calibrated`,
 * else none.
 *
 * @param generation Generation of the GPU.
 */
export function buildOverheads(config: Configuration, generation: string): Overheads {
  const { source, overheads } = config.execution;
  const fitted = fittedConstants(config, generation);
  const { step_seconds, sequence_seconds, collective_seconds, request_seconds } = overheads;
  const overhead = fitted?.entry.overhead;
  const isStated = [step_seconds, sequence_seconds, collective_seconds, request_seconds]
    .every((seconds) => seconds !== null);
  return {
    overhead: {
      stepSeconds: step_seconds ?? overhead?.stepSeconds ?? 0,
      sequenceSeconds: sequence_seconds ?? overhead?.sequenceSeconds ?? 0,
      samplerSeconds: overhead?.samplerSeconds ?? 0,
      collectiveSeconds: collective_seconds ?? overhead?.collectiveSeconds ?? 0,
    },
    requestSeconds: MACHINE_SOURCES.includes(source)
      ? request_seconds ?? fitted?.entry.requestSeconds ?? 0
      : 0,
    notices: fitted?.notice === undefined || isStated ? [] : [fitted.notice],
  };
}

/** The constants that were fitted for an engine like this one; undefined under other sources. */
export function fittedConstants(
  config: Configuration,
  generation: string,
): { readonly entry: CalibrationEntry; readonly notice: string | undefined } | undefined {
  const { scheduler, execution } = config;
  if (execution.source !== "calibrated") return undefined;
  const key: CalibrationKey = {
    asyncScheduling: engineSettings(config).asyncScheduling,
    generation,
    ...(engineOfStrategy(scheduler.type) !== undefined && { engine: scheduler.engine }),
  };
  const entry = calibrationFor(key);
  return { entry, notice: calibrationNotice(key, entry) };
}
