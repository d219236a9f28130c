/**
 * Splits one line of CSV. `"a ""b"" c"` is one field.
 *
 * @param fields Receives the fields; emptied first, so that one array serves all lines.
 * @param starts Receives the position at which each field starts, and at the end the line's length.
 * @returns -1, or the position of a quote that is not closed or is followed by other text.
 */
export function splitFields(
  line: string,
  delimiter: string,
  fields: string[],
  starts: number[],
): number {
  fields.length = 0;
  starts.length = 0;
  let start = 0;
  for (;;) {
    starts.push(start);
    let end: number;
    if (line.charCodeAt(start) === 34) {
      let close = line.indexOf('"', start + 1);
      while (close >= 0 && line.charCodeAt(close + 1) === 34) close = line.indexOf('"', close + 2);
      end = close + 1;
      if (close < 0 || (end < line.length && line[end] !== delimiter)) return start;
      fields.push(line.slice(start + 1, close).replaceAll('""', '"'));
    } else {
      end = line.indexOf(delimiter, start);
      if (end < 0) end = line.length;
      fields.push(line.slice(start, end));
    }
    if (end >= line.length) break;
    start = end + 1;
  }
  starts.push(line.length);
  return -1;
}
