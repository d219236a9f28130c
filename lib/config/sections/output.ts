import { choiceList } from "../collections.ts";
import { section } from "../section.ts";
import { flag } from "../settings.ts";

/** What is written. */
export const output = section({
  formats: choiceList(["parquet", "csv", "json"], {
    wanted: "table formats",
    default: ["parquet"],
    describe: "Formats of the tables.",
  }),
  csv_safe: flag({
    default: false,
    describe: "In CSV, put every text in quotes and an apostrophe before `=`, `+`, `-`, `@` also " +
      "after `;`, `|` and tabs inside it, where a spreadsheet may split it. At the beginning of a " +
      "text the apostrophe always stands; numbers stay numbers.",
  }),
  figures: choiceList(["svg", "png", "pdf"], {
    wanted: "figure formats",
    default: ["svg", "png"],
    describe: "Formats of the figures; an empty list draws none.",
  }),
}, { describe: "What is written to the output directory." });
