// node judge.mjs ORIGIN SERVER < credential.json: what verifier-core says of it, as JSON.
// ORIGIN is asked at SERVER instead; nothing else is reached.
import { text } from "node:stream/consumers";

const [origin, server] = process.argv.slice(2);
console.log = console.error; // stdout is for the answer
const real = globalThis.fetch;
globalThis.fetch = (input, init) => {
  const request = new Request(input, init);
  if (!request.url.startsWith(`${origin}/`)) {
    return Promise.reject(new TypeError(`not reached from a test: ${request.url}`));
  }
  return real(server + request.url.slice(origin.length), { headers: request.headers });
};

const { verifyCredential } = await import("@digitalcredentials/verifier-core");
const credential = JSON.parse(await text(process.stdin));
const { log, errors } = await verifyCredential({ credential, knownDIDRegistries: [] });
process.stdout.write(JSON.stringify({ log, errors }));
