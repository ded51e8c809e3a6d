// A reporter for node's test runner: one line when a test begins and one when it ends, written at once, so that a
// file which never ends still says what it was at. Used by test-files.mjs beside the readable report.
const line = {
  'test:dequeue': ({ name }) => `begin ${name}`,
  'test:pass': ({ name, details }) => `pass ${Math.round(details.duration_ms)} ms ${name}`,
  'test:fail': ({ name, details }) => `FAIL ${Math.round(details.duration_ms)} ms ${name}`,
};

export default async function* trace(events) {
  for await (const { type, data } of events) if (line[type]) yield `${line[type](data)}\n`;
}
