/** A text of at most `most` characters: a longer one ends in an ellipsis. */
export function shortText(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most
    ? text
    : `${characters.slice(0, Math.max(0, most - 1)).join("")}…`;
}
