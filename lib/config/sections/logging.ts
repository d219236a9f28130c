import { never } from "../applies.ts";
import { section } from "../section.ts";
import { choice, flag, text } from "../../settings/quantities.ts";

/** Settings of SimFaaSInfer's log. */
export const logging = section({
  level: choice(["DEBUG", "INFO", "WARNING", "ERROR"], {
    wanted: "a log level",
    default: "INFO",
    describe: "Accepted.",
  }),
  log_file: text({ default: null, describe: "Accepted; no log file is written." }),
  console_output: flag({ default: true, describe: "Accepted." }),
}, {
  appliesWhen: never("no log is written"),
  describe: "SimFaaSInfer's log settings. Accepted without effect on results.",
});
