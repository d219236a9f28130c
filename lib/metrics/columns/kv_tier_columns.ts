import type { TierKind } from "../kv_tier_record.ts";
import type { DeclaredColumn, DeclaredColumns } from "./column.ts";

function hitColumn(kind: TierKind, what: string): DeclaredColumn<never> {
  return {
    kind: "derived",
    name: `${kind}_tokens`,
    unit: "tokens",
    doc: `Prompt tokens that came from ${what}, when it was scheduled first`,
    fill(run, out, from, to) {
      const hits = run.kvTiers?.find((tier) => tier.kind === kind)?.hitTokens;
      for (let row = from; row < to; row++) out[row - from] = hits?.[row] ?? 0;
    },
  };
}

/** Columns of the table `kv_tiers`, one row per request: what it had of each cache tier. */
export const KV_TIER_COLUMNS: DeclaredColumns<never> = {
  id: {
    kind: "row number",
    name: "id",
    unit: "",
    doc: "Row number in the workload, as in `requests.parquet`",
  },
  host: hitColumn("host", "the memory of its instance's machine"),
  disk: hitColumn("disk", "a disk of a machine"),
  store: hitColumn("store", "the store of the cluster"),
};
