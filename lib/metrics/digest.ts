import type { RequestRows } from "./rows/request_rows.ts";
import type { RequestColumns } from "./run_tables.ts";

/** The columns that a run is known by, in their order. */
const CANONICAL = [
  "arrivalAtSeconds",
  "scheduledAtSeconds",
  "firstTokenAtSeconds",
  "completedAtSeconds",
  "maxTbtSeconds",
  "instanceId",
  "preemptions",
  "outcome",
] as const satisfies readonly (keyof RequestColumns)[];

/** A hash whose bytes come piece by piece. */
export interface Hash {
  /** Adds bytes behind those before. */
  update(bytes: Uint8Array): void;
  /** The hash of all of them; nothing can be added any more. */
  digest(): Uint8Array;
}

/**
 * SHA-256 (hex) over a run's canonical request columns: arrival, scheduling, first-token and
 * completion instants, longest gap, instance, preemptions and outcome, each as its little-endian
 * bytes, in this order. Equal digests mean equal runs, request by request and bit by bit.
 */
export async function runDigest(columns: RequestColumns): Promise<string> {
  // Hashing column by column and then the hashes keeps the peak memory at one column.
  const hashes: Uint8Array[] = [];
  for (const key of CANONICAL) {
    const { buffer, byteOffset, byteLength } = columns[key];
    const bytes = new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
    hashes.push(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
  }
  return await hashOfHashes(hashes);
}

/**
 * The same of rows that are not in memory as a whole.
 *
 * @param newSha256 Makes a SHA-256 that takes bytes piece by piece, which the platform's own does not.
 */
export async function rowsDigest(rows: RequestRows, newSha256: () => Hash): Promise<string> {
  const hashes = CANONICAL.map(() => newSha256());
  for (const piece of rows.pieces()) {
    CANONICAL.forEach((key, i) => {
      const { buffer, byteOffset, byteLength } = piece[key];
      hashes[i].update(new Uint8Array(buffer, byteOffset, byteLength));
    });
  }
  return await hashOfHashes(hashes.map((hash) => hash.digest()));
}

async function hashOfHashes(hashes: readonly Uint8Array[]): Promise<string> {
  const all = new Uint8Array(32 * hashes.length);
  hashes.forEach((hash, i) => all.set(hash, 32 * i));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", all));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
