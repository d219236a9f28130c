import type { Configuration } from "../config/configuration.ts";
import type { RunResult } from "../metrics/run_tables.ts";
import { type CodeRevision, codeRevision } from "./code_revision.ts";
import { sha256 } from "./sha256.ts";

/** An input file of a run. */
export type InputFile =
  & {
    /** Name as the user gave it. */
    readonly name: string;
  }
  & (
    | { readonly content: Uint8Array<ArrayBuffer> | string }
    /** Of a file that is not kept. */
    | { readonly sha256: string }
  );

/**
 * What is needed to know a result and to make it again, as written to manifest.json, where the list
 * `files` of the files beside it is added.
 */
export interface Manifest {
  readonly format: "simfaasinfer-results/1";
  /** SHA-256 of the request columns, as in the summary. */
  readonly digest: string;
  readonly seed: number;
  readonly config: Configuration;
  readonly inputs: readonly { readonly name: string; readonly sha256: string }[];
  readonly code: CodeRevision;
  readonly deno: string;
  /** SHA-256 of deno.lock, or null without one. */
  readonly lock_sha256: string | null;
  readonly engine: {
    readonly stepping: "leap" | "step";
    readonly steps_leapt: number;
    readonly steps_single: number;
    /** What the KV cache of an instance holds, a line for each kind of function. */
    readonly kv_cache?: readonly string[];
  };
  /** Things a reader of the result should know. */
  readonly notices: readonly string[];
  /** Wall time of the run, seconds; the one entry that differs between equal runs. */
  readonly wall_time_s: number | null;
}

/** What a manifest is made from. */
export interface ManifestSource {
  readonly config: Configuration;
  readonly inputs?: readonly InputFile[];
  readonly wallTimeSeconds?: number;
}

/** The manifest of a run by the code, the Deno and the packages at hand. */
export async function makeManifest(result: RunResult, source: ManifestSource): Promise<Manifest> {
  const { config, inputs = [], wallTimeSeconds } = source;
  const { engine } = result;
  const [code, lock, ...digests] = await Promise.all([
    codeRevision(),
    lockDigest(),
    ...inputs.map((input) => "content" in input ? sha256(input.content) : input.sha256),
  ]);
  return {
    format: "simfaasinfer-results/1",
    digest: result.summary.digest,
    seed: config.simulation.random_seed,
    config,
    inputs: inputs.map(({ name }, i) => ({ name, sha256: digests[i] })),
    code,
    deno: Deno.version.deno,
    lock_sha256: lock,
    engine: {
      stepping: engine.stepping,
      steps_leapt: engine.stepsLeapt,
      steps_single: engine.stepsSingle,
      ...(engine.kvCache && { kv_cache: engine.kvCache }),
    },
    notices: engine.notices,
    wall_time_s: wallTimeSeconds ?? null,
  };
}

async function lockDigest(): Promise<string | null> {
  const lock = new URL("../../deno.lock", import.meta.url);
  if (lock.protocol !== "file:") return null;
  try {
    return await sha256(await Deno.readFile(lock));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) {
      return null;
    }
    throw error;
  }
}
