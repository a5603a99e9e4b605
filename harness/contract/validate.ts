/**
 * Validation of documents: by the schema of their kind (ajv, all errors), then by the rules that a schema cannot say.
 * ajv is loaded and a schema compiled only when a document is first checked, because most runs check none.
 */
import { createRequire } from "node:module";
import type { Ajv as AjvType, ValidateFunction } from "ajv";
import { UsageError } from "../base/errors.ts";
import {
  type Claim,
  claimSchema,
  type EngineManifest,
  type Fault,
  faultSchema,
  type Guest,
  guestSchema,
  type Link,
  type LonghaulRecord,
  linkSchema,
  manifestSchema,
  type Policy,
  policySchema,
  recordSchema,
  type Scenario,
  scenarioSchema,
  type Trace,
  traceSchema,
  type Workload,
  workloadSchema,
} from "./schemas/index.ts";
import { parseJson } from "./validation/json.ts";
import { normaliseQuantities } from "./validation/normalise.ts";
import type { Problem } from "./validation/problem.ts";
import { claimRules, guestRules, linkRules, policyRules, scenarioRules, workloadRules } from "./validation/rules.ts";
import { explain } from "./validation/schema-errors.ts";

/** The documents of the contract, by the name under which their schema is published. */
export interface Documents {
  link: Link;
  workload: Workload;
  guest: Guest;
  scenario: Scenario;
  policy: Policy;
  fault: Fault;
  "engine-manifest": EngineManifest;
  trace: Trace;
  record: LonghaulRecord;
  claim: Claim;
}
export type DocumentKind = keyof Documents;

type Rules = { readonly [K in DocumentKind]: (document: Documents[K], at: string) => Problem[] };

/** Schemas by kind of document, as they are published. */
export const schemas = {
  link: linkSchema,
  workload: workloadSchema,
  guest: guestSchema,
  scenario: scenarioSchema,
  policy: policySchema,
  fault: faultSchema,
  "engine-manifest": manifestSchema,
  trace: traceSchema,
  record: recordSchema,
  claim: claimSchema,
} as const satisfies Record<DocumentKind, object>;

export const documentKinds = Object.keys(schemas) as DocumentKind[];

const none = (): Problem[] => [];
const rules: Rules = {
  link: linkRules,
  workload: workloadRules,
  guest: guestRules,
  scenario: scenarioRules,
  policy: policyRules,
  fault: none,
  "engine-manifest": none,
  trace: none,
  record: none,
  claim: claimRules,
};

const SHOWN_PROBLEMS = 5;
const validators = new Map<DocumentKind, ValidateFunction>();

function validatorOf(kind: DocumentKind): ValidateFunction {
  let validator = validators.get(kind);
  if (validator === undefined) {
    const { Ajv } = createRequire(import.meta.url)("ajv") as { Ajv: typeof AjvType };
    // One instance per kind: schemas contain each other, and an instance holds each `$id` only once.
    validator = new Ajv({ allErrors: true, verbose: true }).compile(schemas[kind]);
    validators.set(kind, validator);
  }
  return validator;
}

/** Everything that is wrong with a document; empty when it is valid. */
export function documentProblems<K extends DocumentKind>(kind: K, value: unknown): Problem[] {
  const validator = validatorOf(kind);
  if (!validator(value)) {
    const problems = explain(validator.errors ?? []);
    // A newer version explains every other problem away.
    const newer = problems.find((problem) => problem.pointer === "/version" && problem.sentence.includes(" newer "));
    return newer === undefined ? problems : [newer];
  }
  return rules[kind](value as Documents[K], "");
}

function refusal(kind: DocumentKind, problems: readonly Problem[], where: string | undefined): UsageError {
  const parts = problems
    .slice(0, SHOWN_PROBLEMS)
    .map(({ pointer, sentence }) => (pointer === "" ? sentence : `at ${pointer}: ${sentence}`));
  if (problems.length > SHOWN_PROBLEMS) parts.push(`and ${problems.length - SHOWN_PROBLEMS} more`);
  return new UsageError(`${where === undefined ? "" : `${where}: `}not a valid ${kind}: ${parts.join("; ")}`);
}

/**
 * Checks a value against the schema and the rules of its kind and returns it, typed.
 * @param where file, or file:line, for the message
 * @throws UsageError: one line that names the first five problems and counts the others
 */
export function validateDocument<K extends DocumentKind>(kind: K, value: unknown, where?: string): Documents[K] {
  const problems = documentProblems(kind, value);
  if (problems.length > 0) throw refusal(kind, problems, where);
  return value as Documents[K];
}

/**
 * Parses JSON text that a person wrote: durations, rates and sizes may be text ("250ms", "1Gbps", "4GiB") where the
 * property's name ends in Ns, BitsPerSecond or Bytes.
 * @throws UsageError with where:line:column for a syntax error, or the pointer of a quantity that cannot be read
 */
export function parseValue(kind: DocumentKind, text: string, where: string): unknown {
  const value = parseJson(text, where);
  const unreadable = normaliseQuantities(value);
  if (unreadable.length > 0) throw refusal(kind, unreadable, where);
  return value;
}

/** `parseValue`, then `validateDocument`. */
export function parseDocument<K extends DocumentKind>(kind: K, text: string, where: string): Documents[K] {
  return validateDocument(kind, parseValue(kind, text, where), where);
}
