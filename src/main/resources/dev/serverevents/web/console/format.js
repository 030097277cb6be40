// Figures and words for people

const whole = new Intl.NumberFormat('en')
const short = new Intl.NumberFormat('en', {notation: 'compact', maximumFractionDigits: 1})
const clock = new Intl.DateTimeFormat('en-GB', {hour: '2-digit', minute: '2-digit', second: '2-digit'})
const NONE = '–'

export const count = n => n == null ? NONE : whole.format(Math.round(n))

/** In as little room as a chart or a tile has. */
export const brief = n => n == null ? NONE : n < 10_000 ? rate(n) : short.format(n)

export const rate = n => n == null ? NONE : n > 0 && n < 10 ? n.toFixed(1) : whole.format(Math.round(n))

/** A duration that is given in ms. */
export function duration(ms) {
  if (ms == null) return NONE
  if (ms < 1000) return `${ms > 0 && ms < 10 ? +ms.toFixed(1) : Math.round(ms)} ms`
  const s = ms / 1000
  if (s < 60) return `${s < 10 ? s.toFixed(1) : Math.floor(s)} s`
  if (s < 3600) return `${Math.floor(s / 60)} min ${Math.floor(s % 60)} s`
  if (s < 86_400) return `${Math.floor(s / 3600)} h ${Math.floor(s % 3600 / 60)} min`
  return `${Math.floor(s / 86_400)} d ${Math.floor(s % 86_400 / 3600)} h`
}

export function bytes(n) {
  if (n == null) return NONE
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let unit = 0
  while (n >= 1024 && unit < units.length - 1) {
    n /= 1024
    unit++
  }
  return `${unit && n < 10 ? n.toFixed(1) : Math.round(n)} ${units[unit]}`
}

export const percent = part => `${Math.round(part * 100)} %`

/** The time of day of a time in ms. */
export const time = at => clock.format(at)
export const exactTime = at => `${time(at)}.${String(Math.floor(at % 1000)).padStart(3, '0')}`

export const plural = (n, one, many) => `${count(n)} ${n === 1 ? one : many ?? one + 's'}`

/** As much of a random id as tells it from the others. */
export const shortId = id => /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(id) ? id.slice(0, 8) : id

/** The ends that a wait can have, in the order in which charts stack them. */
export const ENDS = [
  {id: 'came', label: 'Event came', causes: ['event', 'result']},
  {id: 'failed', label: 'Job failed', causes: ['failure']},
  {id: 'late', label: 'Timed out', causes: ['no-event', 'never-claimed']},
  {id: 'left', label: 'Given up', causes: ['cancelled', 'client-gone']},
  {id: 'broken', label: 'Unavailable', causes: []}
]

const BROKEN = ENDS.at(-1)

/** Which of these ends a cause is. */
export const endOf = cause => ENDS.find(end => end.causes.includes(cause)) ?? BROKEN

const CAUSES = {
  'event': 'the event came',
  'result': 'the event came',
  'failure': 'the job failed, and its worker said so',
  'no-event': 'no event was published in time',
  'never-claimed': 'no worker claimed the job in time',
  'no-worker': 'no worker serves this name',
  'worker-lost': 'the worker that had the job is gone',
  'stalled': 'the worker that had the job stands still',
  'redis-gap': 'the connection to Redis broke meanwhile',
  'redis-away': 'Redis cannot be reached',
  'redis-refused': 'Redis refused a command',
  'draining': 'the server was ending',
  'not-deployed': 'no verticle is deployed',
  'limit': 'a limit is reached',
  'cancelled': 'it was cancelled',
  'client-gone': 'the client went away',
  'invalid': 'the input was wrong',
  'conflict': 'the idempotency key belongs to another emit',
  'not-handed-over': 'the job was not taken over',
  'unexpected': 'something failed; the log has it',
  'pending': 'somebody is waiting for it',
  'unknown': 'no server knows of it'
}

export const says = cause => CAUSES[cause] ?? cause
