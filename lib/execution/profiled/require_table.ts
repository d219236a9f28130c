import { findTables, type OperatorProfile } from "./operator_profile.ts";
import type { OperatorName, OperatorTable } from "./operator_table.ts";

/** The first table of an operator with the wanted attributes. @throws RangeError if there is none. */
export function requireTable(
  profile: OperatorProfile,
  operator: OperatorName,
  wanted: Readonly<Record<string, string | number>>,
): OperatorTable {
  const [table] = findTables(profile, operator, wanted);
  if (table === undefined) {
    const list = Object.entries(wanted).map(([key, value]) => `${key} ${value}`).join(", ");
    throw new RangeError(
      `Cannot compose ${operator} with ${list} from the profile of ${profile.gpu}: it has no such table`,
    );
  }
  return table;
}
