// One session of @xapi/xapi; prints what it saw as JSON.
const { createRequire } = require("node:module");
const [folder, endpoint, key, secret, version] = process.argv.slice(2);
const XAPI = createRequire(`${folder}/package.json`)("@xapi/xapi");
const client = new XAPI({ endpoint, auth: XAPI.toBasicAuth(key, secret), version, adapter: "fetch" });

const agent = { objectType: "Agent", name: "Learner", mbox: "mailto:xapi@example.org" };
const place = { agent, activityId: "https://example.org/activities/xapi" };
const statement = {
  actor: agent,
  verb: { id: "http://adlnet.gov/expapi/verbs/completed", display: { en: "completed" } },
  object: { objectType: "Activity", id: place.activityId },
};
const text = "signed on paper, \u0434\u0430";

async function signature() {
  const bytes = new TextEncoder().encode(text);
  const digest = Buffer.from(await crypto.subtle.digest("SHA-256", bytes)).toString("hex");
  const described = {
    usageType: "https://example.org/paper",
    display: { en: "Paper" },
    contentType: "text/plain; charset=utf-8",
    length: bytes.length,
    sha2: digest,
  };
  return { described, bytes: bytes.buffer };
}

async function session() {
  const seen = {};
  seen.about = (await client.getAbout()).data.version;
  const [id] = (await client.sendStatement({ statement })).data;
  seen.stored = (await client.getStatement({ statementId: id })).data.verb.id;
  const ids = (await client.sendStatements({ statements: [statement, statement, statement] })).data;
  const page = (await client.getStatements({ agent, limit: 2 })).data;
  seen.page = [page.statements.length, (await client.getMoreStatements({ more: page.more })).data.statements.length];
  const { described, bytes } = await signature();
  const [withData] = (
    await client.sendStatement({ statement: { ...statement, attachments: [described] }, attachments: [bytes] })
  ).data;
  const found = await client.getStatement({ statementId: withData, attachments: true });
  seen.attachment = JSON.stringify(found.data).includes("signed on paper");
  await client.voidStatement({ actor: agent, statementId: ids[0] });
  seen.voided = (await client.getVoidedStatement({ voidedStatementId: ids[0] })).data.id === ids[0];
  seen.gone = await client.getStatement({ statementId: ids[0] }).then(() => false, () => true);

  await client.createState({ ...place, stateId: "bookmark", state: { page: 1 } });
  const state = await client.getState({ ...place, stateId: "bookmark" });
  await client.setState({
    ...place, stateId: "bookmark", state: { page: 2 }, etag: state.headers.etag, matchHeader: "If-Match",
  });
  seen.state = (await client.getState({ ...place, stateId: "bookmark" })).data;
  seen.states = (await client.getStates(place)).data;
  await client.deleteState({ ...place, stateId: "bookmark" });
  seen.left = (await client.getStates(place)).data;

  await client.createAgentProfile({ agent, profileId: "wishes", profile: { large: true } });
  seen.agent = (await client.getAgentProfile({ agent, profileId: "wishes" })).data;
  await client.createActivityProfile({ activityId: place.activityId, profileId: "notes", profile: { text } });
  seen.activity = (await client.getActivityProfile({ activityId: place.activityId, profileId: "notes" })).data.text;
  seen.person = (await client.getAgent({ agent })).data.name;
  return seen;
}

session().then(
  (seen) => console.log(JSON.stringify(seen)),
  (error) => {
    console.error(error.message, JSON.stringify(error.response?.data), error.stack);
    process.exit(1);
  },
);
