// node judge.mjs asyncapi.json: what AsyncAPI's own parser finds wrong with it, and its channels, as JSON.
import { Parser, fromFile } from "@asyncapi/parser";

console.log = console.error; // stdout is for the answer
const { document, diagnostics } = await fromFile(new Parser(), process.argv[2]).parse();
const wrong = diagnostics.filter(({ code }) => code !== "asyncapi-latest-version");
process.stdout.write(
  JSON.stringify({
    wrong: wrong.map(({ code, message, path }) => ({ code, message, path })),
    channels: document?.channels().all().map((channel) => channel.address()) ?? [],
  }),
);
