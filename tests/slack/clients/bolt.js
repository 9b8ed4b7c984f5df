// Connects Slack's own framework to the Slack of the tests, and says what it heard.
const { App, LogLevel } = require("@slack/bolt");

const clientOptions = { slackApiUrl: process.env.API };
const app = new App({
  token: process.env.BOT_TOKEN,
  appToken: process.env.APP_TOKEN,
  socketMode: true,
  clientOptions,
  logLevel: LogLevel.WARN,
});
const heard = (kind) => async ({ ack, body }) => {
  if (ack) await ack();
  console.log("heard " + kind + " " + JSON.stringify(body));
};
app.action(/.*/, heard("action"));
app.view(/.*/, heard("view"));
app.event("message", heard("message"));
app.start().then(() => console.log("connected"));
