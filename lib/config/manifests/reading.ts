import { showValue } from "../../std/show_value.ts";
import type { Reader } from "./readers.ts";

/** What became of something in a manifest. */
export interface Remark {
  /** Where it stands, such as "ksvc.yaml: document 1, Knative Service chat". */
  readonly place: string;
  /** The key there, or the flag of a command; empty for what concerns the whole. */
  readonly key: string;
  readonly outcome: "taken" | "left" | "assumed";
  /** "scaling.max_instances: 5", or why it was not taken over, or what was assumed. */
  readonly text: string;
}

/** A fact that becomes a setting once all documents are read, and where it stands. */
export interface Fact<Value> {
  readonly value: Value;
  readonly key: string;
  readonly reading: Reading;
  /** Whose default it is, where the document does not say it. */
  readonly defaultOf?: string;
}

/** What is written in a manifest and takes more than one document, or more than one key, to settle. */
export interface Facts {
  /** A model's name or address, as the engine is told. */
  model: string;
  /** Where the weights lie: settles the model where the engine is told a folder. */
  modelAddress: string;
  engine: EngineName;
  /** A format of models that no server here takes. */
  formatName: string;
  /** Such as "0.11". */
  engineVersion: string;
  /** Catalogue name of the GPU. */
  gpu: string;
  /** The key by which pods have a share of a GPU alone. */
  gpuShare: string;
  /** Price list in data/prices of whose machines the GPU is. */
  provider: string;
  gpusPerPod: number;
  /** Seconds that a pod that is to stop has for its requests. */
  drainSeconds: number;
  /** Pods that make up one instance. */
  podsPerInstance: number;
  /** Pods, or groups of them, without a scaler. */
  replicas: number;
  minReplicas: number;
  maxReplicas: number;
  tensorParallel: number;
  pipelineParallel: number;
  dataParallel: number;
  expertParallel: boolean;
  /** SGLang's attention ranks. */
  attentionRanks: boolean;
  /** Requests that a pod takes at once; 0: no limit. */
  podConcurrency: number;
  /** The most that it may be. */
  mostPodConcurrency: number;
  /** Whether a revision may begin without a pod. */
  allowsZeroInitialScale: boolean;
  /** Requests that the autoscaler aims at in a pod. */
  concurrencyTarget: number;
  /** The same where a revision has no target and no limit of its own. */
  defaultConcurrencyTarget: number;
  /** Where a scaler has metrics of which none is simulated. */
  strangeMetrics: string;
  /** What Knative's autoscaler looks at. */
  metric: string;
  /** The same of requests per second. */
  defaultRateTarget: number;
  /** Which half of the work of a split deployment. */
  role: "prefill" | "decode";
}

/** Whose flags a command has. */
export type EngineName = "vllm" | "sglang";

type FactTable = { [Name in keyof Facts]?: Fact<Facts[Name]> };

/**
 * What one document, or one workload of a document, gives: settings by path, facts, remarks, and
 * mistakes in values. Nothing is said twice: each key is taken, left with a reason, or quiet.
 */
export class Reading {
  /** Settings by path, such as "scaling.max_instances". */
  readonly settings: Map<string, unknown> = new Map();
  readonly facts: FactTable = {};
  readonly remarks: Remark[] = [];
  /** What was said of each setting that it took, by path. */
  readonly #taken: Map<string, Remark> = new Map();
  /** One line per value that cannot be read. */
  readonly problems: string[] = [];

  /** @param place Where the document stands and what it is. */
  constructor(readonly place: string) {}

  /** Takes a value over as a setting; a later one of the same path wins. */
  take(key: string, setting: string, value: unknown, note?: string): void {
    const before = this.#taken.get(setting);
    if (before !== undefined && before.key !== key) this.withdraw(setting, `overridden by ${key}`);
    this.settings.set(setting, value);
    this.#taken.set(setting, this.say(key, "taken", takenText(setting, value, note)));
  }

  /** The key that a setting was taken from; undefined for one that was not said to be taken. */
  keyOf(setting: string): string | undefined {
    return this.#taken.get(setting)?.key;
  }

  /** Says of a setting that it was not taken over after all. */
  withdraw(setting: string, why: string): void {
    const remark = this.#taken.get(setting);
    if (remark === undefined) return;
    this.#taken.delete(setting);
    this.remarks[this.remarks.indexOf(remark)] = { ...remark, outcome: "left", text: why };
  }

  /** Says of all that was taken from keys that begin so that it was not after all. */
  leaveAfterAll(prefix: string, why: string): void {
    for (const [i, remark] of this.remarks.entries()) {
      if (remark.outcome !== "taken" || !remark.key.startsWith(prefix)) continue;
      this.remarks[i] = { ...remark, outcome: "left", text: why };
    }
  }

  /** Adds to what was said of a setting. */
  qualify(setting: string, text: string): void {
    const remark = this.#taken.get(setting);
    if (remark === undefined) return;
    const changed = { ...remark, text: `${remark.text} (${text})` };
    this.#taken.set(setting, changed);
    this.remarks[this.remarks.indexOf(remark)] = changed;
  }

  /** Says what a key became that is no one setting. */
  tell(key: string, text: string): void {
    this.say(key, "taken", text);
  }

  /** Notes a fact; what becomes of it is said when it is settled. */
  note<Name extends keyof Facts>(name: Name, key: string, value: Facts[Name]): void {
    (this.facts as Record<string, Fact<unknown>>)[name] = { value, key, reading: this };
  }

  /** Notes a fact that holds where the document says nothing. */
  noteDefault<Name extends keyof Facts>(
    name: Name,
    key: string,
    value: Facts[Name],
    defaultOf: string,
  ): void {
    if (this.facts[name] !== undefined) return;
    const fact: Fact<unknown> = { value, key, reading: this, defaultOf };
    (this.facts as Record<string, Fact<unknown>>)[name] = fact;
  }

  /** Leaves a key out, with the reason. */
  leave(key: string, why: string): void {
    this.say(key, "left", why);
  }

  /** Says what was assumed where the document says nothing. */
  assume(text: string): void {
    this.say("", "assumed", text);
  }

  /** Reads a value, or notes the mistake in it and gives undefined. */
  read<Value>(key: string, value: unknown, reader: Reader<Value>): Value | undefined {
    const read = reader.read(value);
    if (read === undefined) this.refuse(key, reader.wanted, showValue(value));
    return read;
  }

  /** Notes a value that is not what it has to be. */
  refuse(key: string, wanted: string, current: string): void {
    this.problems.push(
      `${this.place}: Cannot read ${key} as ${wanted}: current value is ${current}`,
    );
  }

  private say(key: string, outcome: Remark["outcome"], text: string): Remark {
    const remark = { place: this.place, key, outcome, text };
    this.remarks.push(remark);
    return remark;
  }
}

/** What is said of something that became a setting. */
export function takenText(setting: string, value: unknown, note?: string): string {
  return `${setting}: ${showValue(value)}${note === undefined ? "" : ` (${note})`}`;
}
