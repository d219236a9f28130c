import { choiceList } from "../collections.ts";
import { section } from "../section.ts";

/** What is written. */
export const output = section({
  formats: choiceList(["parquet", "csv", "json"], {
    wanted: "table formats",
    default: ["parquet"],
    describe: "Formats of the tables.",
  }),
  figures: choiceList(["svg", "png", "pdf"], {
    wanted: "figure formats",
    default: ["svg", "png"],
    describe: "Formats of the figures; an empty list draws none.",
  }),
}, { describe: "What is written to the output directory." });
