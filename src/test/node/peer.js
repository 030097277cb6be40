'use strict';
// A peer that knows nothing but wire-protocol.md: it waits and emits as it is told on standard
// input, one JSON command a line, and answers on standard output.
//   {"emit": [name, id, ...args]}  ->  {"receivers": n}
//   {"on": [name, id]}             ->  {"subscribed": channel}, then {"args": [...]}
const readline = require('node:readline');
const { createClient } = require('redis');

const say = (answer) => console.log(JSON.stringify(answer));

async function main(url) {
  const input = await createClient({ url }).connect();
  const output = await createClient({ url }).connect();

  async function emit(payload) {
    const channel = `${payload[0]}:${payload[1]}`;
    say({ receivers: await input.publish(channel, JSON.stringify(payload)) });
  }

  async function on([name, id]) {
    const channel = `${name}:${id}`;
    await output.subscribe(channel, async (message) => {
      const [eventName, eventId, ...args] = JSON.parse(message);
      if (String(eventName) === String(name) && String(eventId) === String(id)) {
        await output.unsubscribe(channel);
        say({ args });
      }
    });
    say({ subscribed: channel });
  }

  for await (const line of readline.createInterface({ input: process.stdin })) {
    const command = JSON.parse(line);
    await (command.emit ? emit(command.emit) : on(command.on));
  }
  await input.quit();
  await output.quit();
}

main(process.argv[2]).catch((error) => {
  console.error(error);
  process.exit(1);
});
