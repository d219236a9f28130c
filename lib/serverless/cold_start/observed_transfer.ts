import type { Place } from "../../network/places.ts";
import type { TransferUse } from "../../network/transfers.ts";

/** A transfer of one or several starts that is over. */
export interface ObservedTransfer {
  /** What the bytes were. */
  readonly use: TransferUse;
  /** Bytes of the whole transfer. */
  readonly bytes: number;
  /** Where they came from. */
  readonly from: Place;
  /** Its beginning and its end, seconds. */
  readonly startAtSeconds: number;
  readonly endAtSeconds: number;
  /** Who waited for them: instances (members of pools below 0), and the stages of their starts. */
  readonly waiters: readonly { readonly instanceId: number; readonly stage: string }[];
  /** Whether it was given up before the last byte. */
  readonly isCut: boolean;
}
