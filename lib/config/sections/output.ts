import { choiceList } from "../../settings/collections.ts";
import { section } from "../section.ts";
import { flag } from "../../settings/quantities.ts";

/** What is written. */
export const output = section({
  formats: choiceList(["parquet", "csv", "json"], {
    wanted: "table formats",
    default: ["parquet"],
    describe: "Formats of the tables.",
  }),
  csv_safe: flag({
    default: false,
    describe:
      "In CSV, put every text in quotes, and an apostrophe also before a `=`, `+`, `-` or " +
      "`@` that follows a semicolon, a bar or a tab inside a text, where a spreadsheet may split " +
      "it. Before the first character of a text it always stands; numbers stay numbers.",
  }),
  figures: choiceList(["svg", "png", "pdf"], {
    wanted: "figure formats",
    default: ["svg", "png"],
    describe: "Formats of the figures; an empty list draws none.",
  }),
}, { describe: "What is written to the output directory." });
