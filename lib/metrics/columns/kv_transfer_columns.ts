import { rowsOfResult, valuesAt } from "../rows/request_rows.ts";
import { type DeclaredColumns, floats, FUNCTION_NAMES, integers } from "./column.ts";

/** KV entries that were sent. */
export interface KvTransferRow {
  readonly request: number;
  readonly fromInstance: number;
  readonly toInstance: number;
  readonly bytes: number;
  readonly queuedSeconds: number;
  readonly beginAtSeconds: number;
  readonly seconds: number;
  readonly exposedSeconds: number;
}

/** Columns of the table `kv_transfers`, one row per transfer in order of their ends. */
export const KV_TRANSFER_COLUMNS: DeclaredColumns<KvTransferRow> = {
  request: integers(
    { name: "request", unit: "", doc: "`id` of the request" },
    (row) => row.request,
  ),
  function: {
    kind: "looked up",
    name: "function",
    unit: "",
    doc: "The function called",
    texts: FUNCTION_NAMES,
    codes: (run) => valuesAt(rowsOfResult(run), "functionId", run.kvTransfers!.request),
  },
  fromInstance: integers(
    { name: "from_instance", unit: "", doc: "Instance that computed the entries" },
    (row) => row.fromInstance,
  ),
  toInstance: integers(
    { name: "to_instance", unit: "", doc: "Instance that goes on with the request" },
    (row) => row.toInstance,
  ),
  bytes: floats({
    name: "bytes",
    unit: "bytes",
    doc:
      "Bytes sent: what the receiving engine's prefix cache lacked, as often as its ranks hold it",
  }, (row) => row.bytes),
  queuedSeconds: floats({
    name: "queued_s",
    unit: "s",
    doc: "From the end of the prefill until the receiving engine had KV blocks for the entries",
  }, (row) => row.queuedSeconds),
  beginAtSeconds: floats(
    { name: "begin_s", unit: "s", doc: "Beginning of the transfer's set-up" },
    (row) => row.beginAtSeconds,
  ),
  seconds: floats({
    name: "transfer_s",
    unit: "s",
    doc: "Set-up, messages and bytes; null where it was given up before its end",
  }, (row) => row.seconds),
  exposedSeconds: floats({
    name: "exposed_s",
    unit: "s",
    doc: "From the end of the prefill until the last entry was there, which no computing hid",
  }, (row) => row.exposedSeconds),
};
