// Who may import whom, in dependency-cruiser's own form. dependency-cruiser itself reads TypeScript through the compiler's
// JavaScript interface, which TypeScript 7 no longer has; `scripts/lint/boundaries.ts` applies these rules until it does.
// Each comment tells where the code wants to be instead.

const TESTS = "\\.(test|contract|e2e)\\.tsx?$|/fixtures/";
const AREAS = "overview|features|gates|upgrade|pressure|gpu|network|cost|actions|clusters|settings|login|status";
const FOLDERS = "domain|contract|collect|store|query|command|http|jobs|demo|testing";

/** @param {string} name @param {string} comment @param {object} from @param {object} to */
const forbid = (name, comment, from, to) => ({
  name,
  severity: "error",
  comment,
  from: { pathNot: TESTS, ...from },
  to,
});

export default {
  forbidden: [
    forbid("no-circular", "Two files that need each other are one idea, or share a third.", {}, { circular: true }),
    forbid(
      "resolvable",
      "The path leads nowhere; relative imports carry their extension.",
      { pathNot: "^$" },
      { couldNotResolve: true },
    ),

    forbid(
      "domain-is-pure",
      "Rules take values. Read them in collect/ or store/ and pass them in.",
      { path: "^server/domain/" },
      { pathNot: "^server/domain/|^npm:@bufbuild/cel$" },
    ),
    forbid(
      "contract-is-shapes",
      "Schemas and their types; of the domain only types. What computes lives in domain/ or query/.",
      { path: "^server/contract/" },
      { pathNot: "^server/contract/|^server/domain/|^server/errors\\.ts$|^npm:zod(/|$)" },
    ),
    forbid(
      "contract-takes-domain-types-only",
      "The browser loads the contract: a value from the domain would travel with it. Lists of words (…-keys.ts) are its own values.",
      { path: "^server/contract/" },
      { path: "^server/domain/", pathNot: "-keys\\.ts$", dependencyTypesNot: ["type-only"] },
    ),
    forbid(
      "keys-are-words",
      "The contract takes these lists as values: nothing may come with them.",
      { path: "^server/domain/.*-keys\\.ts$" },
      { path: "." },
    ),
    forbid(
      "collect-only-reads",
      "A collector answers with a Reading; a job stores it.",
      { path: "^server/collect/" },
      { path: "^server/(store|query|command|http|jobs|demo|contract)/" },
    ),
    forbid(
      "store-only-keeps",
      "The store knows facts and SQL. Ask sources in collect/, answer screens in query/, sequence in jobs/.",
      { path: "^server/store/" },
      { path: "^server/(collect|query|command|http|jobs|demo)/" },
    ),
    forbid(
      "query-only-asks-the-store",
      "A question is answered from what is stored. Fresh detail is asked for through command/ and a job.",
      { path: "^server/query/" },
      { path: "^server/(collect|jobs|http|command|demo)/" },
    ),
    forbid(
      "command-only-changes-the-store",
      "A change is a row, or a job in store/queue; the collector acts on it.",
      { path: "^server/command/" },
      { path: "^server/(collect|jobs|http|demo)/" },
    ),
    forbid(
      "http-only-speaks-http",
      "Route helpers know requests and problems. Questions come in as functions from query/ and command/; who asks is found by current-viewer.ts alone.",
      { path: "^server/http/", pathNot: `^server/http/current-viewer\\.ts$|${TESTS}` },
      { path: "^server/(store|collect|jobs|query|command|demo|domain)/" },
    ),
    forbid(
      "jobs-do-not-serve",
      "The collector role has no requests; what both need belongs to store/ or a root helper.",
      { path: "^server/jobs/" },
      { path: "^server/(http|command|demo)/" },
    ),
    forbid(
      "demo-knows-nothing",
      "The demo is reached over HTTP like any cluster; knowing the product, it could flatter it.",
      { path: "^server/demo/" },
      { path: `^server/(?!demo/)(${FOLDERS})/|^(app|components)/` },
    ),
    forbid(
      "helpers-stay-small",
      "Root helpers serve every folder and know none. start.ts alone puts the program together.",
      { path: "^server/([^/]+\\.ts$|postgres/|process/)", pathNot: `^server/start\\.ts$|${TESTS}` },
      { path: `^server/(${FOLDERS})/` },
    ),
    forbid(
      "testing-stays-in-tests",
      "Builders and the test database are no part of the product.",
      { pathNot: `${TESTS}|^server/testing/|^(e2e|bench|prisma|scripts)/|^vitest\\.config\\.ts$` },
      { path: "^server/testing/" },
    ),
    forbid(
      "server-has-no-next",
      "Next stays in app/ and http/, so that jobs, tests and benches run without it.",
      { path: "^server/", pathNot: `^server/http/|${TESTS}` },
      { path: "^npm:(next|react|react-dom)(/|$)" },
    ),
    forbid(
      "server-draws-nothing",
      "React lives in components/ and app/.",
      { path: "^server/" },
      { path: "^(app|components)/" },
    ),
    forbid(
      "prisma-stays-in-the-store",
      "Rows become facts in store/; everybody else receives facts.",
      { pathNot: `^server/store/|^prisma/|${TESTS}` },
      { path: "^server/store/generated/|^npm:@prisma/" },
    ),
    forbid(
      "kubernetes-client-stays-in-collect",
      "Objects become facts in collect/kubernetes/.",
      { pathNot: `^server/(collect|testing)/|^(bench|deploy|scripts)/|${TESTS}` },
      { path: "^npm:@kubernetes/client-node(/|$)" },
    ),

    forbid(
      "pages-ask-questions",
      "A page parses its URL, asks query/ and composes components/.",
      { path: "^app/(?!api/)" },
      { path: "^server/(?!query/|contract/|http/)" },
    ),
    forbid(
      "routes-declare",
      "A route names its schemas and the question or change behind it.",
      { path: "^app/api/" },
      { path: "^(server/(?!query/|command/|contract/|http/|errors\\.ts$)|components/)" },
    ),
    forbid(
      "shell-has-no-server",
      "The root layout and the providers run for every page; data belong to pages.",
      { path: "^app/(layout|providers)\\.tsx$" },
      { path: "^server/(?!http/)" },
    ),

    forbid(
      "components-know-the-contract",
      "The browser side receives contract shapes; it may name domain types, never load domain code.",
      { path: "^components/" },
      { path: "^server/(?!contract/|domain/)|^app/|^node:" },
    ),
    forbid(
      "components-take-domain-types-only",
      "Deciding happens on the server; the screen draws what it is given.",
      { path: "^components/" },
      { path: "^server/domain/", dependencyTypesNot: ["type-only"] },
    ),
    forbid(
      "areas-stay-apart",
      "What two areas share moves to ui/, charts/, format/ or data/.",
      { path: `^components/(${AREAS})/` },
      { path: `^components/(${AREAS})/`, pathNot: "^components/$1/" },
    ),
    forbid(
      "ui-is-primitive",
      "Primitives take props; what knows data or an area is built from them there.",
      { path: "^components/ui/" },
      // The error note names the API's error by its class; nothing else of data/ is a primitive's business.
      { path: `^components/(data|charts|layout|${AREAS})/`, pathNot: "^components/data/api-error\\.ts$" },
    ),
    forbid(
      "charts-draw",
      "Data arrive as props.",
      { path: "^components/charts/" },
      { path: `^components/(data|layout|${AREAS})/` },
    ),
    forbid(
      "format-is-text",
      "Number and unit in, text out; no React.",
      { path: "^components/format/" },
      { path: `^npm:react|^components/(ui|charts|data|layout|${AREAS})/` },
    ),
    forbid(
      "data-has-no-looks",
      "Keys, options and hooks; components use them.",
      { path: "^components/data/" },
      { path: `^components/(ui|charts|layout|${AREAS})/` },
    ),
    forbid(
      "layout-is-for-all-areas",
      "The shell does not know what it holds.",
      { path: "^components/layout/" },
      { path: `^components/(${AREAS})/` },
    ),

    forbid(
      "e2e-stays-outside",
      "Browser tests see what a person sees.",
      { path: "^e2e/", pathNot: "^$" },
      { path: "^(components|app)/|^server/(?!testing/|contract/|postgres/|process/|demo/stories\\.ts$|[^/]+\\.ts$)" },
    ),
    forbid(
      "bench-measures-the-server",
      "Pages are measured in a browser.",
      { path: "^bench/" },
      { path: "^(app|components)/" },
    ),
    forbid(
      "deploy-has-no-code",
      "Images and charts run the program, they do not import it.",
      { path: "^deploy/" },
      { path: "^(app|components|server)/" },
    ),
  ],
};
