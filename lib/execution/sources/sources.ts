import type { NameOf, PolicyTable } from "../../settings/policy.ts";
import { analyticalSource } from "./analytical.ts";
import { autoSource } from "./auto.ts";
import { constantSource } from "./constant.ts";
import { linearSource } from "./linear.ts";
import { calibratedSource, profiledSource } from "./profiled.ts";
import { simfaasinferSource } from "./simfaasinfer.ts";
import type { ExecutionEntry } from "./source.ts";

/** The sources of execution times. A new one is one file and one line here. */
export const EXECUTION_SOURCES = {
  wanted: "a source of execution times",
  entries: [
    analyticalSource,
    profiledSource,
    calibratedSource,
    autoSource,
    simfaasinferSource,
    linearSource,
    constantSource,
  ],
} as const satisfies PolicyTable;

/** Names of the sources of execution times. */
export type ExecutionSourceName = NameOf<typeof EXECUTION_SOURCES>;

const ENTRIES = EXECUTION_SOURCES.entries as readonly ExecutionEntry<string, unknown>[];

/** Names of the sources whose times are those of the model on the GPUs. */
export const MACHINE_SOURCES: readonly string[] = ENTRIES.filter(({ readsMachine }) => readsMachine)
  .map(({ name }) => name);

/** Names of the sources that read a profile. */
export const PROFILE_SOURCES: readonly string[] = ENTRIES.filter(({ readsProfile }) => readsProfile)
  .map(({ name }) => name);
