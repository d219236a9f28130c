/** With nothing fitted, or with the shipped constants. */
export type Tuning = "untuned" | "calibrated";
