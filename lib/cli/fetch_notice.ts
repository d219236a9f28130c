/** What is fetched the first time: packages, and how much they and theirs weigh on the wire. */
const NEEDED = {
  simulator: { packages: ["js-yaml@5.5.0"], megabytes: 0.4 },
  figures: { packages: ["vega@6.4.0", "pdfkit@0.20.2", "dejavu-fonts-ttf@2.37.3"], megabytes: 17 },
} as const;

/** The commands that draw figures as a rule, and the options by which others do. */
const DRAWING: readonly string[] = ["demo", "plot", "experiment", "pipeline"];
const DRAWING_OPTIONS = /^--(out|figure)\b/;

/**
 * One line on stderr where packages that a command needs are not in Deno's cache yet: Deno itself is
 * told to be quiet, since it would write a line for each of some hundred packages.
 */
export function sayWhatIsFetched(command: string, args: readonly string[]): void {
  const draws = DRAWING.includes(command) || args.some((one) => DRAWING_OPTIONS.test(one));
  const needs = draws ? [NEEDED.simulator, NEEDED.figures] : [NEEDED.simulator];
  const cache = packageCache();
  const missing = needs.filter(({ packages }) => !packages.every((one) => isThere(cache, one)));
  if (missing.length === 0) return;
  const names = missing.flatMap(({ packages }) => packages)
    .map((one) => one.slice(0, one.lastIndexOf("@"))).join(", ");
  const megabytes = missing.reduce((sum, need) => sum + need.megabytes, 0);
  console.error(
    `Fetching npm packages, once: ${names} and what they need, about ${megabytes} MB`,
  );
}

/**
 * Where Deno keeps packages; undefined where it does not say. The package asked for is one that no
 * command uses: Deno believes for the rest of a run that a package it was asked for is still absent.
 */
function packageCache(): string | undefined {
  return import.meta.resolve("npm:fast-check@4.10.2").match(/^(file:.*\/)fast-check\//)?.[1];
}

/** Whether a package is there, as far as this program may look. */
function isThere(cache: string | undefined, one: string): boolean {
  if (cache === undefined) return true;
  try {
    Deno.statSync(new URL(`${one.replace(/@(?=[^@]*$)/, "/")}/package.json`, cache));
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}
