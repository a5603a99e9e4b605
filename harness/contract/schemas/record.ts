import type { FromSchema } from "json-schema-to-ts";
import { CONVERGENCE, OUTCOMES } from "./trace.ts";

export const VERDICTS = ["pass", "fail", "error", "unsupported", "expected-fail", "inconclusive"] as const;
export type Verdict = (typeof VERDICTS)[number];

const text = { type: "string" } as const;
const number = { type: "number" } as const;

export const findingSchema = {
  type: "object",
  additionalProperties: false,
  required: ["check", "verdict", "requirement", "expected", "actual"],
  properties: {
    check: text,
    verdict: { enum: VERDICTS },
    requirement: { type: "string", description: "the requirement as one sentence" },
    expected: text,
    actual: text,
  },
} as const;

export const metricValueSchema = {
  type: "object",
  additionalProperties: false,
  required: ["unit", "better", "exact", "observed", "claimed", "ceiling", "samples"],
  properties: {
    unit: { enum: ["ns", "bytes", "count", "share", "bytes-per-second"] },
    better: { enum: ["lower", "higher", "neither"] },
    exact: { type: "boolean", description: "the same seed gives the same value to the last bit" },
    observed: { oneOf: [{ type: "null" }, number] },
    claimed: { oneOf: [{ type: "null" }, number] },
    ceiling: { oneOf: [{ type: "null" }, number], description: "the best that the link allows, where that is known" },
    samples: { type: "array", items: number },
  },
} as const;

export const publishedFigureSchema = {
  type: "object",
  additionalProperties: false,
  required: ["metric", "value", "basis", "source", "note", "knownDeviation"],
  description: "a figure somebody published for the conditions of this cell",
  properties: {
    metric: text,
    value: { type: "number", description: "in the unit of the metric; 0 where the figure is a verdict" },
    verdict: {
      enum: CONVERGENCE,
      description: "for the metric convergence: what the source says happened; compared with what the judge saw",
    },
    basis: {
      enum: ["conditions-given", "described", "verdict-only"],
      description:
        "conditions-given: within 10 % is expected; described: within 25 %; verdict-only: a number is shown, not compared",
    },
    source: text,
    note: { type: "string", description: "assumptions made where the source is silent" },
    knownDeviation: {
      oneOf: [{ type: "null" }, text],
      description: "why a row is out, once that is understood; it is then an expected-fail",
    },
  },
} as const;

export const recordSchema = {
  $id: "longhaul:record:1",
  title: "Record",
  description: "One line of cells.ndjson: everything that a gate or a report needs to know of one cell.",
  type: "object",
  additionalProperties: false,
  required: [
    "version",
    "cell",
    "verdict",
    "outcome",
    "findings",
    "metrics",
    "rounds",
    "published",
    "reproduce",
    "marks",
  ],
  properties: {
    version: { const: 1 },
    cell: {
      type: "object",
      additionalProperties: false,
      required: [
        "id",
        "suite",
        "engine",
        "link",
        "linkSpec",
        "linkHash",
        "scenario",
        "scenarioHash",
        "policy",
        "policyHash",
        "world",
        "seed",
        "repeat",
      ],
      properties: {
        id: text,
        suite: text,
        engine: text,
        link: { type: "string", description: "name of the link, or its canonical form" },
        linkSpec: { type: "string", description: "canonical form" },
        linkHash: text,
        scenario: text,
        scenarioHash: text,
        policy: text,
        policyHash: text,
        world: { enum: ["virtual", "live"] },
        seed: { type: "integer", minimum: 0 },
        repeat: { type: "integer", minimum: 0 },
      },
    },
    verdict: { enum: VERDICTS },
    outcome: {
      type: "object",
      additionalProperties: false,
      required: ["kind", "reason", "convergence"],
      properties: {
        kind: { enum: [...OUTCOMES, "not-run"] },
        reason: text,
        convergence: { enum: CONVERGENCE, description: "as the judge sees it from the trace" },
      },
    },
    findings: { type: "array", items: findingSchema },
    metrics: { type: "object", additionalProperties: metricValueSchema },
    rounds: {
      type: "array",
      description: "one row per round as the dirty log and the tap saw it",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["round", "startNs", "durationNs", "pages", "bytes", "dirtyPages"],
        properties: {
          round: number,
          startNs: number,
          durationNs: number,
          pages: number,
          bytes: number,
          dirtyPages: number,
        },
      },
    },
    published: { type: "array", items: publishedFigureSchema },
    reproduce: { type: "string", description: "the command that runs this cell again" },
    marks: {
      type: "array",
      items: { type: "string" },
      description:
        "notes that change how the figures are to be read: sampled-integrity, interrupted, unverified-source",
    },
  },
} as const;

export type Finding = FromSchema<typeof findingSchema>;
export type MetricValue = FromSchema<typeof metricValueSchema>;
export type PublishedFigure = FromSchema<typeof publishedFigureSchema>;
export type LonghaulRecord = FromSchema<typeof recordSchema>;
export type CellIdentity = LonghaulRecord["cell"];
