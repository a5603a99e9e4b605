/** Turns ajv's errors into sentences: what was given, what is allowed, the nearest name, and only the branch meant. */
import type { ErrorObject } from "ajv";
import { nearestName } from "../../base/errors.ts";
import { type Problem, pointer, shown } from "./problem.ts";

/** As much of JSON Schema as the contract uses. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
}

const TYPE_NAMES: Record<string, string> = {
  array: "a list",
  boolean: "true or false",
  integer: "an integer",
  number: "a number",
  null: "null",
  object: "an object",
  string: "text",
};

function range(schema: Schema): string {
  const { minimum, maximum, exclusiveMinimum } = schema;
  if (exclusiveMinimum !== undefined)
    return ` greater than ${exclusiveMinimum}${maximum === undefined ? "" : ` and at most ${maximum}`}`;
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return ` of at least ${minimum}`;
  return maximum === undefined ? "" : ` of at most ${maximum}`;
}

const allowedBy = (schema: Schema): string => `${TYPE_NAMES[schema.type ?? ""] ?? schema.type}${range(schema)}`;

function unknownValue(given: unknown, allowed: readonly unknown[]): string {
  const names = allowed.map(String);
  const nearest = typeof given === "string" ? nearestName(given, names) : null;
  return `given ${shown(given)}${nearest === null ? "" : `, did you mean "${nearest}"?`} (allowed: ${names.join(", ")})`;
}

function unknownProperty(property: string, schema: Schema): string {
  const known = Object.keys(schema.properties ?? {});
  const nearest = nearestName(property, known);
  const hint = nearest === null ? `known: ${known.join(", ")}` : `did you mean "${nearest}"?`;
  return `unknown property ${shown(property)}; ${hint}`;
}

function wrongConstant(given: unknown, allowed: unknown, path: string): string {
  if (/(^|\/)version$/.test(path) && typeof given === "number" && typeof allowed === "number" && given > allowed)
    return `version ${given} is newer than this Longhaul knows (${allowed}); update Longhaul, or write version ${allowed}`;
  return `given ${shown(given)}, must be ${shown(allowed)}`;
}

function sentence(error: ErrorObject): string {
  const schema = error.parentSchema as Schema;
  const given = error.data;
  switch (error.keyword) {
    case "required":
      return `property "${error.params.missingProperty}" is missing`;
    case "additionalProperties":
      return unknownProperty(error.params.additionalProperty, schema);
    case "enum":
      return unknownValue(given, schema.enum ?? []);
    case "const":
      return wrongConstant(given, schema.const, error.instancePath);
    case "type":
    case "minimum":
    case "maximum":
    case "exclusiveMinimum":
      return `given ${shown(given)}, must be ${allowedBy(schema)}`;
    case "pattern":
      return `given ${shown(given)}, must be a name of lower-case letters, digits, dots and dashes`;
    case "minItems":
    case "maxItems":
      return `given ${(given as unknown[]).length} entries, must be ${schema.minItems ?? 0} to ${schema.maxItems ?? "any number"}`;
    default:
      return `given ${shown(given)}, ${error.message}`;
  }
}

/** The property that tells the branches apart: every branch fixes it, each to a value of its own. */
function discriminator(branches: readonly Schema[]): string | null {
  const fixed = Object.keys(branches[0].properties ?? {}).find((name) => {
    const values = branches.map((branch) => branch.properties?.[name]?.const);
    return !values.includes(undefined) && new Set(values).size === values.length;
  });
  return fixed ?? null;
}

function overlap(branch: Schema, data: object): number {
  const known = branch.properties ?? {};
  const hits = Object.keys(data).filter((name) => name in known).length;
  const missing = (branch.required ?? []).filter((name) => !(name in data)).length;
  return hits - missing;
}

type Choice = { readonly branch: number } | { readonly problem: Problem };

/** Which branch of a `oneOf` the author meant; a problem of its own where that cannot be known. */
function choose(branches: readonly Schema[], data: unknown, path: string): Choice {
  const candidates = branches.flatMap((branch, index) => (branch.type === "null" ? [] : [{ branch, index }]));
  if (candidates.length === 1) return { branch: candidates[0].index };
  const schemas = candidates.map(({ branch }) => branch);
  const name = discriminator(schemas);
  if (typeof data !== "object" || data === null || Array.isArray(data)) {
    const hint = name === null ? "" : ` with "${name}"`;
    return { problem: { pointer: path, sentence: `given ${shown(data)}, must be an object${hint}` } };
  }
  if (name === null) {
    const scores = schemas.map((branch) => overlap(branch, data));
    return { branch: candidates[scores.indexOf(Math.max(...scores))].index };
  }
  const allowed = schemas.map((branch) => branch.properties?.[name]?.const);
  if (!Object.hasOwn(data, name))
    return {
      problem: { pointer: path, sentence: `property "${name}" is missing (allowed: ${allowed.join(", ")})` },
    };
  const given = (data as Record<string, unknown>)[name];
  const index = allowed.indexOf(given);
  if (index >= 0) return { branch: candidates[index].index };
  return { problem: { pointer: path + pointer([name]), sentence: unknownValue(given, allowed) } };
}

const below = (error: ErrorObject, schemaPath: string, instancePath: string): boolean =>
  error.schemaPath.startsWith(`${schemaPath}/`) &&
  (error.instancePath === instancePath || error.instancePath.startsWith(`${instancePath}/`));

/** Every problem once, in the order of the schema. `errors` need ajv's `verbose` and `allErrors`. */
export function explain(errors: readonly ErrorObject[]): Problem[] {
  let kept = [...errors];
  const problems: Problem[] = [];
  const nullable = new Set<string>();
  // Outer alternatives first: what they drop need not be looked at again.
  const alternatives = errors
    .filter((error) => error.keyword === "oneOf")
    .sort((a, b) => a.schemaPath.length - b.schemaPath.length);
  for (const error of alternatives) {
    if (!kept.includes(error)) continue;
    const branches = error.schema as readonly Schema[];
    const choice = choose(branches, error.data, error.instancePath);
    const meant = "branch" in choice ? `${error.schemaPath}/${choice.branch}` : null;
    kept = kept.filter((other) => {
      if (other === error) return false;
      if (!below(other, error.schemaPath, error.instancePath)) return true;
      return meant !== null && other.schemaPath.startsWith(`${meant}/`);
    });
    if ("problem" in choice) problems.push(choice.problem);
    if (branches.some((branch) => branch.type === "null")) nullable.add(error.instancePath);
  }
  for (const error of kept) {
    const orNull = nullable.has(error.instancePath) && / must be /.test(sentence(error)) ? ", or null" : "";
    problems.push({ pointer: error.instancePath, sentence: sentence(error) + orNull });
  }
  const seen = new Set<string>();
  return problems.filter((problem) => {
    const key = `${problem.pointer} ${problem.sentence}`;
    return !seen.has(key) && seen.add(key);
  });
}
