// Answers each line of JSON with a payload made by @slack-wrench/fixtures.
const { actions, view } = require("@slack-wrench/fixtures");
const readline = require("node:readline");

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const { kind, what, options } = JSON.parse(line);
  const make = { click: actions.blockButtonAction, submit: view.viewSubmitAction }[kind];
  console.log(JSON.stringify(make(what, options)));
});
