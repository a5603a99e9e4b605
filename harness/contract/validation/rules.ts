/** What a schema cannot say: relations between the figures of one document. */
import { spellSize } from "../../base/units.ts";
import type { Claim } from "../schemas/claim.ts";
import type { Guest } from "../schemas/guest.ts";
import type { Link, LinkDirection } from "../schemas/link.ts";
import type { Policy } from "../schemas/policy.ts";
import type { Scenario } from "../schemas/scenario.ts";
import type { Workload, WorkloadComponent } from "../schemas/workload.ts";
import { type Problem, pointer } from "./problem.ts";

export function guestRules(guest: Guest, at: string): Problem[] {
  const problems: Problem[] = [];
  if (guest.memoryBytes % guest.pageSizeBytes !== 0)
    problems.push({
      pointer: `${at}/memoryBytes`,
      sentence: `given ${guest.memoryBytes}, must be a multiple of the page size (${guest.pageSizeBytes})`,
    });
  const { zero, duplicate, compressible } = guest.fill;
  // Decimal shares such as 0.1 + 0.2 + 0.7 may add up to a little over 1.
  if (zero + duplicate + compressible > 1 + 1e-9)
    problems.push({
      pointer: `${at}/fill`,
      sentence: `zero, duplicate and compressible add up to ${zero + duplicate + compressible}, must be at most 1`,
    });
  return problems;
}

function traceRules(component: WorkloadComponent, at: string): Problem[] {
  if (component.kind !== "page-trace") return [];
  const { events } = component;
  const index = events.findIndex((event, position) => position > 0 && event.atNs < events[position - 1].atNs);
  if (index < 0) return [];
  const sentence = `given ${events[index].atNs}, must not be before the event ahead of it (${events[index - 1].atNs})`;
  return [{ pointer: `${at}/events/${index}/atNs`, sentence }];
}

export function workloadRules(workload: Workload, at: string): Problem[] {
  const last = workload.phases.length - 1;
  return workload.phases.flatMap((phase, index) => {
    const here = `${at}${pointer(["phases", index])}`;
    const problems = phase.components.flatMap((component, position) =>
      traceRules(component, `${here}/components/${position}`),
    );
    if (phase.durationNs === null && (index < last || workload.repeat)) {
      const sentence = "null (for ever) is only for the last phase of a workload that does not repeat";
      problems.unshift({ pointer: `${here}/durationNs`, sentence });
    }
    return problems;
  });
}

function regionProblem(component: WorkloadComponent, guest: Guest, at: string): Problem[] {
  if (component.kind === "page-trace") {
    const pages = guest.memoryBytes / guest.pageSizeBytes;
    const index = component.events.findIndex((event) => event.firstPage + event.pages > pages);
    if (index < 0) return [];
    const { firstPage, pages: count } = component.events[index];
    const sentence = `pages ${firstPage} to ${firstPage + count - 1} are outside the guest's ${pages} pages`;
    return [{ pointer: `${at}/events/${index}`, sentence }];
  }
  if (component.startBytes + component.lengthBytes <= guest.memoryBytes) return [];
  const end = component.startBytes + component.lengthBytes;
  const sentence = `the ${component.kind} region ends at ${spellSize(end)}, outside the guest's ${spellSize(guest.memoryBytes)}`;
  return [{ pointer: at, sentence }];
}

export function scenarioRules(scenario: Scenario, at: string): Problem[] {
  const regions = scenario.workload.phases.flatMap((phase, index) =>
    phase.components.flatMap((component, position) =>
      regionProblem(
        component,
        scenario.guest,
        `${at}${pointer(["workload", "phases", index, "components", position])}`,
      ),
    ),
  );
  return [
    ...guestRules(scenario.guest, `${at}/guest`),
    ...workloadRules(scenario.workload, `${at}/workload`),
    ...regions,
  ];
}

/** Whether anything in the policy itself can end the iteration of some engine. */
function hasBound(policy: Policy): boolean {
  const { switchover, rounds, time, postCopy } = policy;
  const bounds = [
    switchover.downtimeLimitNs,
    switchover.remainingPages,
    rounds.max,
    rounds.maxMemoryFactor,
    time.totalLimitNs,
    time.perGiBLimitNs,
    time.progressLimitNs,
    postCopy?.afterRounds ?? null,
  ];
  return bounds.some((bound) => bound !== null);
}

export function policyRules(policy: Policy, at: string): Problem[] {
  const problems: Problem[] = [];
  if (!hasBound(policy)) {
    const sentence =
      "nothing can ever end the iteration: set switchover.downtimeLimitNs or switchover.remainingPages, " +
      "rounds.max or rounds.maxMemoryFactor, or a limit under time";
    problems.push({ pointer: at, sentence });
  }
  if (policy.switchover.downtimeSteps !== null && policy.switchover.downtimeLimitNs === null)
    problems.push({
      pointer: `${at}/switchover/downtimeSteps`,
      sentence: "steps lead up to downtimeLimitNs, which is null; set it, or set downtimeSteps to null",
    });
  const { throttle } = policy;
  if (throttle.kind === "auto-converge" && throttle.initialPercent > throttle.maxPercent)
    problems.push({
      pointer: `${at}/throttle/initialPercent`,
      sentence: `given ${throttle.initialPercent}, must be at most maxPercent (${throttle.maxPercent})`,
    });
  return problems;
}

function directionRules(direction: LinkDirection, at: string): Problem[] {
  const problems: Problem[] = [];
  const { loss, trace, crossTraffic, rateBitsPerSecond } = direction;
  if (loss.model === "bernoulli" && loss.probability >= 1)
    problems.push({
      pointer: `${at}/loss/probability`,
      sentence: "given 1, must be less than 1: nothing would arrive",
    });
  if (trace === null && crossTraffic.rateBitsPerSecond >= rateBitsPerSecond)
    problems.push({
      pointer: `${at}/crossTraffic/rateBitsPerSecond`,
      sentence: `given ${crossTraffic.rateBitsPerSecond}, must leave something of the link's rate (${rateBitsPerSecond})`,
    });
  const times = trace?.opportunitiesMs ?? [1];
  const index = times.findIndex((time, position) => position > 0 && time < times[position - 1]);
  if (index >= 0)
    problems.push({
      pointer: `${at}/trace/opportunitiesMs/${index}`,
      sentence: `given ${times[index]}, must not be less than the entry ahead of it (${times[index - 1]})`,
    });
  if (times[times.length - 1] === 0)
    problems.push({ pointer: `${at}/trace/opportunitiesMs`, sentence: "the last entry is 0, must be at least 1" });
  return problems;
}

export const linkRules = (link: Link, at: string): Problem[] => [
  ...directionRules(link.forward, `${at}/forward`),
  ...directionRules(link.reverse, `${at}/reverse`),
];

export function claimRules(claim: Claim, at: string): Problem[] {
  return Object.entries(claim.conditions).flatMap(([name, range]) => {
    const { min, max } = range as { min?: number; max?: number };
    if (min === undefined || max === undefined || min <= max) return [];
    return [{ pointer: `${at}/conditions/${name}`, sentence: `min ${min} is greater than max ${max}` }];
  });
}
