// One session of tincanjs; prints what it saw as JSON.
const { createRequire } = require("node:module");
const [folder, endpoint, username, password] = process.argv.slice(2);
const TinCan = createRequire(`${folder}/package.json`)("tincanjs");
const lrs = new TinCan.LRS({ endpoint, username, password, version: "1.0.2", allowFail: false });

const agent = new TinCan.Agent({ name: "Learner", mbox: "mailto:tincanjs@example.org" });
const activity = new TinCan.Activity({ id: "https://example.org/activities/tincanjs" });
const text = "signed on paper";

function statement(more = {}) {
  return new TinCan.Statement({ actor: agent, verb: { id: "http://adlnet.gov/expapi/verbs/completed" }, target: activity, ...more });
}

function ask(act, ...given) {
  const options = given.pop();
  return new Promise((resolve, reject) => {
    const callback = (error, result) =>
      error ? reject(Object.assign(new Error(`${act}: ${error}`), { status: error, told: result?.responseText })) : resolve(result);
    lrs[act](...given, { ...options, callback });
  });
}

async function session() {
  const seen = {};
  const first = statement();
  await ask("saveStatement", first, {});
  seen.stored = (await ask("retrieveStatement", first.id, {})).verb.id;
  const others = [statement(), statement(), statement()];
  await ask("saveStatements", others, {});
  const page = await ask("queryStatements", { params: { agent, limit: 2 } });
  const next = await ask("moreStatements", { url: page.more });
  seen.page = [page.statements.length, next.statements.length];
  const withData = statement({
    attachments: [{ usageType: "https://example.org/paper", display: { en: "Paper" }, contentType: "text/plain", content: text }],
  });
  await ask("saveStatement", withData, {});
  const found = await ask("retrieveStatement", withData.id, { params: { attachments: true } });
  seen.attachment = found.attachments[0].getContentAsString() === text;
  const voiding = new TinCan.Statement({
    actor: agent,
    verb: { id: "http://adlnet.gov/expapi/verbs/voided" },
    target: { objectType: "StatementRef", id: others[0].id },
  });
  await ask("saveStatement", voiding, {});
  seen.voided = (await ask("retrieveVoidedStatement", others[0].id, {})).id === others[0].id;
  seen.gone = await ask("retrieveStatement", others[0].id, {}).then(() => false, (error) => error.status === 404);

  const place = { agent, activity };
  await ask("saveState", "bookmark", { page: 1 }, { ...place, contentType: "application/json" });
  const state = await ask("retrieveState", "bookmark", place);
  await ask("saveState", "bookmark", { page: 2 }, { ...place, contentType: "application/json", lastSHA1: state.etag });
  seen.state = (await ask("retrieveState", "bookmark", place)).contents;
  seen.states = await ask("retrieveStateIds", place);
  await ask("dropState", "bookmark", place);
  seen.left = await ask("retrieveStateIds", place);

  await ask("saveAgentProfile", "wishes", { large: true }, { agent, contentType: "application/json" });
  seen.agent = (await ask("retrieveAgentProfile", "wishes", { agent })).contents;
  await ask("saveActivityProfile", "notes", { text }, { activity, contentType: "application/json" });
  seen.activity = (await ask("retrieveActivityProfile", "notes", { activity })).contents.text;
  return seen;
}

session().then(
  (seen) => console.log(JSON.stringify(seen)),
  (error) => {
    console.error(error.message, error.told, error.stack);
    process.exit(1);
  },
);
