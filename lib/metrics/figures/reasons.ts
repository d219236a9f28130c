import { because, unused } from "./figure.ts";

/** Why there is no price to bill by. */
export const NO_PRICE = because(
  "no price of a GPU in use is known: set cost.gpu_cost_per_hour or cost.provider",
);

/** Why there is no figure of energy. */
export const NO_ENERGY = unused("energy.enabled is false");

/** Why there is no figure of limits without any. */
export const NO_LIMITS = unused("no limits are set in the section slo");
