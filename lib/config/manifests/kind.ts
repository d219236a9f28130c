import type { Mapping } from "../normalize.ts";
import type { KeyTable } from "./keys.ts";
import type { Reading } from "./reading.ts";

/** What a scaler scales. */
export interface ScaleTarget {
  readonly kind?: string;
  readonly name: string;
}

/** What one document gives: a workload, something that scales one, or what holds for several. */
export interface Part {
  readonly kind: ManifestKind;
  readonly reading: Reading;
  /** Its `kind`, of the several that one table may have. */
  readonly ownKind?: string;
  readonly name?: string;
  readonly namespace?: string;
  /** Of a scaler. */
  readonly target?: ScaleTarget;
  /** Name of the runtime that the workload is of. */
  readonly runtime?: string;
}

/** A kind of document that is read. */
export interface ManifestKind {
  /** For people, such as "Knative Service". */
  readonly name: string;
  /** Group of its API, such as "serving.knative.dev"; "" for the core. Absent: it has no kind. */
  readonly group?: RegExp;
  /** Its `kind`; more than one where they read alike. */
  readonly kinds?: readonly string[];
  /** How a document without a kind is told. */
  readonly isLike?: (content: Mapping) => boolean;
  /**
   * `workload`: becomes a function. `scaler`: scales one, by its target. `runtime`: what workloads
   * that name it begin with. `defaults`: what all Knative workloads begin with.
   */
  readonly role: "workload" | "scaler" | "runtime" | "defaults";
  /** Platform of data/platforms that it runs on. */
  readonly platform?: string;
  readonly keys: KeyTable;
  /** What is read beyond single keys, once they are. */
  readonly finish?: (reading: Reading, content: Mapping) => void;
  /** The document is no workload itself: it holds those that `split` names. */
  readonly isHolder?: true;
  /** Workloads of one document, where it has several: each begins with what the document says. */
  readonly split?: (content: Mapping) => readonly SplitPart[];
  readonly targetOf?: (content: Mapping) => ScaleTarget | undefined;
  readonly runtimeOf?: (content: Mapping) => string | undefined;
}

/** One workload of a document that has several. */
export interface SplitPart {
  readonly name: string;
  readonly keys: KeyTable;
  readonly content: Mapping;
  readonly path: string;
  readonly finish?: (reading: Reading) => void;
  /** It serves no model. */
  readonly isBystander?: boolean;
}
