// The work on each job as a span within the trace that the job's headers belong to (W3C Trace
// Context), sent by OTLP. It shows what is on the wire; the packages of OpenTelemetry do it as well.
import { randomBytes } from 'node:crypto';

const ENDPOINT = process.env.OTEL_EXPORTER_OTLP_ENDPOINT; // without it, nothing is traced
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f][13579bdf]$/;
const [CONSUMER, ERROR] = [5, 2];

const nanos = () => `${Date.now()}000000`;
const attribute = ([key, stringValue]) => ({ key, value: { stringValue } });
const attributes = (all) => Object.entries(all).map(attribute);

async function send(span) {
  const resource = { attributes: attributes({ 'service.name': 'orders-worker' }) };
  const scopeSpans = [{ scope: { name: 'orders-worker' }, spans: [span] }];
  const body = JSON.stringify({ resourceSpans: [{ resource, scopeSpans }] });
  const headers = { 'content-type': 'application/json' };
  await fetch(`${ENDPOINT}/v1/traces`, { method: 'POST', headers, body });
}

/** A handler of jobs that does the same, and traces it. */
export function traced(handler) {
  return async (job) => {
    const [, traceId, parentSpanId] = TRACEPARENT.exec(job.headers?.traceparent) ?? [];
    if (!ENDPOINT || !traceId) return handler(job);
    const span = {
      traceId, parentSpanId, spanId: randomBytes(8).toString('hex'),
      name: `work ${job.name}`, kind: CONSUMER, startTimeUnixNano: nanos(),
      attributes: attributes({
        'messaging.system': 'redis',
        'messaging.operation.name': 'work',
        'messaging.operation.type': 'process',
        'messaging.destination.name': job.name,
        'messaging.message.conversation_id': job.id,
      }),
    };
    try {
      return await handler(job);
    } catch (cause) {
      span.status = { code: ERROR, message: cause.message };
      span.attributes.push(attribute(['error.type', cause.kind ?? 'unexpected']));
      throw cause;
    } finally {
      span.endTimeUnixNano = nanos();
      send(span).catch((cause) => console.error('The span was not sent:', cause.message));
    }
  };
}
