import type { RequestColumns } from "./run_tables.ts";

/**
 * SHA-256 (hex) over a run's canonical request columns: arrival, scheduling, first-token and
 * completion instants, longest gap, instance, preemptions and outcome, each as its little-endian
 * bytes, in this order. Equal digests mean equal runs, request by request and bit by bit.
 */
export async function runDigest(columns: RequestColumns): Promise<string> {
  const parts: readonly (Float64Array | Int32Array | Uint16Array | Uint8Array)[] = [
    columns.arrivalAtSeconds,
    columns.scheduledAtSeconds,
    columns.firstTokenAtSeconds,
    columns.completedAtSeconds,
    columns.maxTbtSeconds,
    columns.instanceId,
    columns.preemptions,
    columns.outcome,
  ];
  // Hashing column by column and then the hashes keeps the peak memory at one column.
  const hashes = new Uint8Array(32 * parts.length);
  for (let i = 0; i < parts.length; i++) {
    const { buffer, byteOffset, byteLength } = parts[i];
    const bytes = new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
    hashes.set(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)), 32 * i);
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", hashes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
