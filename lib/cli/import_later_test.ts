import { equal } from "#assert";
import { unfetched } from "./import_later.ts";
import { isUsersMistake } from "./usage_error.ts";

Deno.test("a package that cannot be fetched is one line with its name and the reason", () => {
  const error = new TypeError(
    "Failed caching npm package 'mri@1.2.0'\n    0: error sending request for url " +
      "(http://127.0.0.1:9/mri)\n    1: client error (Connect)\n    2: Connection refused (os error 111)",
  );
  const told = unfetched(error)!;
  equal(
    told.message,
    "Cannot fetch the npm package mri@1.2.0, which this command needs and which is not in Deno's " +
      "cache yet: Connection refused (os error 111)",
  );
  equal(isUsersMistake(told), true);
  equal(unfetched(new TypeError("Cannot read properties of undefined")), undefined);
});
