/** The suite `published`: what others measured, as cells. Data only; every figure names its source and assumptions. */
import type { Policy, Scenario, Suite } from "../../harness/contract/index.ts";
import { distanceRows } from "./distance.ts";
import { multifdRows } from "./multifd.ts";
import type { PublishedRow } from "./row.ts";
import { serviceRows } from "./services.ts";
import { throttlingRows } from "./throttling.ts";

export const publishedRows: readonly PublishedRow[] = [
  ...multifdRows,
  ...throttlingRows,
  ...serviceRows,
  ...distanceRows,
];

/** One document per id. Rows of one test bed share theirs. */
function unique<T extends { readonly id: string }>(documents: readonly T[]): T[] {
  return [...new Map(documents.map((document) => [document.id, document])).values()];
}

export const publishedScenarios: readonly Scenario[] = unique(publishedRows.map((row) => row.scenario));
export const publishedPolicies: readonly Policy[] = unique(publishedRows.map((row) => row.policy));
/** Name of a link to its canonical string. */
export const publishedLinks: Readonly<Record<string, string>> = Object.fromEntries(
  publishedRows.map((row) => row.link),
);

export const publishedSuite: Suite = {
  id: "published",
  title: "Published results",
  description: "Figures that others measured, run under the conditions they gave: measured, published, ratio.",
  entries: publishedRows.map((row) => ({
    engines: [row.engine],
    links: [row.link[0]],
    scenarios: [row.scenario.id],
    policies: [row.policy.id],
    published: row.published,
  })),
};
