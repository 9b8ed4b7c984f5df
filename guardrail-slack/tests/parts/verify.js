// Answers each callback, a line of JSON, with what @slack/bolt says of its signature.
const { verifySlackRequest } = require("@slack/bolt");
const readline = require("node:readline");

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const { secret, time, signature, body, now } = JSON.parse(line);
  // The names of headers as Node.js gives them; what is missing is not there.
  const headers = {};
  if (time !== null) headers["x-slack-request-timestamp"] = time;
  if (signature !== null) headers["x-slack-signature"] = signature;
  try {
    verifySlackRequest({ signingSecret: secret, headers, body, nowMilliseconds: now * 1000 });
    console.log("good");
  } catch (error) {
    console.log("bad: " + error.message.replaceAll("\n", " "));
  }
});
