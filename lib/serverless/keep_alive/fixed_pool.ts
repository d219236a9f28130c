import { withDefaults } from "../../settings/from_table.ts";
import {
  POOL_SETTINGS,
  type PoolEntry,
  type PoolSettings,
  type PoolSizePolicy,
} from "./prewarmed_pool.ts";

/** `fixed` as files name it. */
export const fixedPoolPolicy: PoolEntry<"fixed", PoolSettings> = {
  name: "fixed",
  describe: "Always as many members.",
  section: null,
  settings: POOL_SETTINGS,
  create: ({ size, periodSeconds }) => fixedPool(size, periodSeconds),
};

/** A pool of constant size. */
export function fixedPool(size?: number, periodSeconds?: number): PoolSizePolicy {
  const options = withDefaults(POOL_SETTINGS, { size, periodSeconds });
  return {
    periodSeconds: options.periodSeconds,
    initialSize: options.size,
    size: () => options.size,
  };
}
