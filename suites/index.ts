/** The catalogue: links, guests, workloads, scenarios, policies and suites, by name. Data only; every figure has its source. */
import type { Catalogue } from "../harness/contract/catalogue.ts";
import { collection, named } from "./collection.ts";
import { defaultSuite } from "./default/index.ts";
import { determinismSuite } from "./determinism/index.ts";
import { guestSources, hostSources } from "./guests/index.ts";
import { linkSources } from "./links/index.ts";
import { policySources } from "./policies/index.ts";
import { publishedPolicies, publishedScenarios, publishedSuite } from "./published/index.ts";
import { scenarioSources } from "./scenarios/index.ts";
import { smokeSuite } from "./smoke/index.ts";
import { workloadFromCsv, workloadSources } from "./workloads/index.ts";

function createCatalogue(): Catalogue {
  const guests = collection(guestSources());
  const hosts = collection(hostSources());
  const workloads = collection(workloadSources());
  return {
    guests,
    hosts,
    workloads,
    links: collection(linkSources()),
    scenarios: collection([...scenarioSources({ guests, hosts, workloads }), ...named(publishedScenarios)]),
    policies: collection([...policySources(), ...named(publishedPolicies)]),
    suites: collection(named([defaultSuite, smokeSuite, determinismSuite, publishedSuite])),
    workloadFromCsv,
  };
}

export const catalogue: Catalogue = createCatalogue();
