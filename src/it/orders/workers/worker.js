// Worker.java in JavaScript, with the client of src/clients/node.
import { setTimeout } from 'node:timers/promises';
import { createClient } from 'redis';
import { Failure, ServerEvents } from 'server-events-client';
import { traced } from './tracing.js';

const PRICES = new Map([['tea', 3], ['coffee', 4]]);
const RETAINED_MS = 60_000;
const events = new ServerEvents(createClient({ url: process.env.REDIS || 'redis://localhost:6379' }));

async function price(job) {
  const { item, quantity } = job.data;
  if (!PRICES.has(item)) throw new Failure(422, 'There is no such item', item);
  await job.progress([50, '%']);
  await setTimeout(200); // this work takes a while
  return { id: job.id, price: PRICES.get(item) * quantity };
}

await events.work('orders.priced', traced(price), { retain: RETAINED_MS });
console.log('The worker waits for jobs');

// The job in hand is done before the process ends
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => events.close());
