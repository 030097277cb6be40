// One event: its time line across servers, and what can be done about it

import {actions} from './actions.js'
import {announce, h} from './dom.js'
import {duration, endOf, exactTime, plural, says, shortId} from './format.js'
import {idOf, panel, table} from './table.js'

const WHAT = {
  'waiting': 'A wait began',
  'subscribed': 'Redis confirmed the subscription',
  'handed-over': 'The job was handed over',
  'claimed': 'A worker claimed the job',
  'progress': 'The worker told progress',
  'event': 'The event came',
  'failure': 'The job failed',
  'timed-out': 'The wait timed out',
  'cancelled': 'The wait was cancelled',
  'refused': 'It was refused',
  'redis-away': 'Redis went away',
  'redis-back': 'Redis is back',
  'worker-lost': 'The worker was lost',
  'ended': 'The wait ended',
  'emitted': 'An event was published',
  'not-emitted': 'An event was not published, as far as is known',
  'taken': 'A worker of this server took the job',
  'unwanted': 'The worker learnt that nobody wants the result',
  'draining': 'The server began to stop'
}

const GOOD = ['event', 'emitted', 'redis-back']
const BAD = ['failure', 'timed-out', 'ended', 'refused', 'not-emitted', 'redis-away', 'worker-lost']
const kind = what => GOOD.includes(what) ? 'came' : BAD.includes(what) ? 'broken' : 'step'

const LANE = 18
const LANES = 600

/** A line for each server, with a mark for each step. */
function lanes(timeline) {
  const servers = [...new Set(timeline.map(step => step.server))]
  const [first, last] = [timeline[0].at, timeline.at(-1).at]
  const x = at => (8 + (at - first) / Math.max(1, last - first) * (LANES - 16)).toFixed(1)
  const y = server => servers.indexOf(server) * LANE + LANE / 2
  return h('figure', {class: 'lanes'},
    h('div', {class: 'lane-names', 'aria-hidden': 'true'}, servers.map(server => h('span', {key: server, class: 'id'}, shortId(server)))),
    h('svg', {
      viewBox: `0 0 ${LANES} ${servers.length * LANE}`, preserveAspectRatio: 'none', role: 'img',
      height: servers.length * LANE, 'aria-label':
        `${plural(timeline.length, 'step')} on ${plural(servers.length, 'server')} within ${duration(last - first)}; the table has each`
    },
      servers.map(server => h('path', {class: 'grid', d: `M0 ${y(server)}H${LANES}`})),
      timeline.map(({at, server, what}) =>
        h('rect', {class: `area ${kind(what)}`, x: (x(at) - 2).toFixed(1), y: y(server) - 6, width: 4, height: 12},
          h('title', null, `${what}, ${duration(at - first)}`)))))
}

function timeline({timeline}) {
  const first = timeline[0]?.at
  return panel('timeline', 'Time line',
    timeline.length > 1 && lanes(timeline),
    table({
      caption: 'What became of it, in order', none: 'No server remembers a step of it.',
      rows: timeline.map((step, i) => ({...step, i})), key: step => `${step.at} ${step.server} ${step.what} ${step.i}`,
      columns: [
        {title: 'After', cell: step => h('span', {class: 'after'}, step.at === first ? '0 ms' : duration(step.at - first))},
        {title: 'What', cell: step => [
          h('span', {class: `mark ${kind(step.what)}`}, WHAT[step.what] ?? step.what), ' ', h('code', null, step.what)]},
        {title: 'Server', cell: step => idOf(step.server)},
        {title: 'Time', cell: step => h('time', {datetime: new Date(step.at).toISOString()}, exactTime(step.at))},
        {title: 'Detail', cell: step => [
          step.cause && [h('code', {class: `cause ${endOf(step.cause).id}`}, step.cause), ' '],
          step.detail, step.args !== undefined && h('pre', null, JSON.stringify(step.args))]}
      ]
    }))
}

/** What the page shows of one event. */
export function event({name, id, explained, problem, rights}, again) {
  if (!name) {
    return h('p', {key: 'none', class: 'none'},
      'Enter the name and the id of an event above, to see what became of it on all servers.')
  }
  const head = h('div', {key: 'head', class: 'event-head'},
    h('p', {class: 'id big'}, name, h('span', {class: 'slash'}, ' / '), id),
    explained && h('p', {class: `verdict ${endOf(explained.cause).id}`},
      h('code', {class: `cause ${explained.cause === 'pending' || explained.cause === 'unknown' ? 'step' : endOf(explained.cause).id}`},
        explained.cause), ' ', explained.says ?? says(explained.cause)),
    explained?.missing > 0 && h('p', {class: 'warn'},
      `${plural(explained.missing, 'server has', 'servers have')} not answered in time, so steps may be missing.`))
  if (explained) announce(`${explained.cause}: ${explained.says ?? says(explained.cause)}`)
  return [
    head,
    problem ? h('p', {key: 'problem', class: 'problem'}, problem.message)
      : !explained && h('p', {key: 'asking', class: 'none'}, 'Asking the servers…'),
    h('div', {key: 'columns', class: 'event-columns'},
      explained && timeline(explained),
      rights && panel('actions', 'Do something', actions({name, id, rights, again})))
  ]
}
