// The whole system: what is pending, how waits end, who works, who is near a limit

import {chart, level, shares} from './charts.js'
import {announce, h} from './dom.js'
import {brief, bytes, count, duration, ENDS, endOf, percent, plural, rate, says, shortId} from './format.js'
import {MINUTES} from './history.js'
import {eventLink} from './server.js'
import {idOf, panel, table} from './table.js'

/** From here on a limit is near. */
const NEAR = 0.8
const LATE_LOOP_MS = 100
const SILENT_WORKER_MS = 10_000
/** Of fewer ends nothing can be said. */
const ENOUGH = 10
const MANY_IN_VAIN = 0.1

const sum = (items, value) => items.reduce((total, item) => total + (value(item) ?? 0), 0)
const byUse = (a, b) => b.used / b.limit - a.used / a.limit

let sort = {column: 'Pending', down: true}
let pointed = null

/** What somebody should look at, the worst first. */
function troubles({servers, names, workers, limits, missing}, history) {
  const found = []
  const add = (level, ...text) => found.push({level, text})
  if (missing > 0) add('bad', `${plural(missing, 'server has', 'servers have')} not answered in time; the figures are without ${missing === 1 ? 'it' : 'them'}`)
  for (const {server: id, host, redis, draining, loop_delay_ms: delay, connections = []} of servers) {
    const server = `${shortId(id)}${host ? ` (${host})` : ''}`
    if (redis && redis !== 'connected') add('bad', `Redis is away from ${server}`)
    else for (const {node, role, connected} of connections)
      if (!connected) add('bad', `The connection of ${server} to ${node} (${role}) is down`)
    if (delay >= LATE_LOOP_MS) add('warn', `The event loop of ${server} is ${duration(delay)} late`)
    if (draining) add('warn', `${server} is ending, and takes no new waits`)
  }
  for (const {setting, used, limit, client} of limits.filter(({used, limit}) => used >= limit * NEAR).sort(byUse))
    add(used >= limit ? 'bad' : 'warn', `${client ? `${client} has` : 'There is'} ${percent(used / limit)} of ${setting} in use`)
  for (const {name} of names) {
    const recent = Object.entries(history.recentOf(name)).filter(([cause]) => endOf(cause).id !== 'left')
    const all = sum(recent, ([, n]) => n)
    const vain = recent.filter(([cause]) => endOf(cause).id !== 'came')
    const failed = sum(vain, ([, n]) => n)
    if (all >= ENOUGH && failed >= all * MANY_IN_VAIN) {
      const [worst] = vain.sort(([, a], [, b]) => b - a)[0]
      add('warn', `${percent(failed / all)} of the waits for ${name} ended without the event, mostly because ${says(worst)} (${worst})`)
    }
  }
  for (const {worker, last_seen_ms: seen, claimed = []} of workers)
    if (seen > SILENT_WORKER_MS && claimed.length)
      add('warn', `Worker ${shortId(worker)} has jobs and has shown no sign of life for ${duration(seen)}`)
  return found.sort((a, b) => (a.level === 'bad' ? 0 : 1) - (b.level === 'bad' ? 0 : 1))
}

const tile = (title, value, note) =>
  h('div', {class: 'tile'}, h('dt', null, title), h('dd', null, value, note && h('small', null, note)))

function figures({servers, names, workers}, {last}) {
  const streams = sum(servers, server => server.streams)
  const claimed = sum(workers, worker => worker.claimed?.length)
  return h('dl', {class: 'tiles', key: 'tiles'},
    tile('Waits pending', brief(last.pending)),
    tile('Oldest wait', duration(last.oldest)),
    tile('Ended per second', rate(last.rate)),
    tile('Half within, mean', duration(last.p50)),
    tile('99 % within, mean', duration(last.p99)),
    tile('Streams', brief(streams)),
    tile('Workers', count(workers.length), plural(claimed, 'job')),
    tile('Servers', count(servers.length)))
}

function charts(history, redraw) {
  const of = options => chart({history, pointed, point: at => { pointed = at; redraw() }, ...options})
  return h('section', {class: 'charts', key: 'charts', 'aria-label': `The last ${MINUTES} minutes`},
    of({
      title: 'Waits pending', show: brief,
      series: [{id: 'pending', label: 'pending', value: sample => sample.pending}]
    }),
    of({
      title: 'Ended per second', show: rate, stacked: true,
      series: ENDS.map(({id, label}) => ({id, label, value: sample => sample.ends[id]}))
    }),
    of({
      title: 'Time to result, mean of names', show: duration,
      series: [
        {id: 'p99', label: '99 %', value: sample => sample.p99},
        {id: 'p50', label: 'half', value: sample => sample.p50}
      ]
    }))
}

const ended = outcomes => Object.values(outcomes ?? {}).reduce((a, b) => a + b, 0)

const shareOf = outcomes => ENDS.map(({id}) => ({
  id, n: sum(Object.entries(outcomes ?? {}).filter(([cause]) => endOf(cause).id === id), ([, n]) => n)
}))

/** How many of all that ended got the event. */
function success(outcomes) {
  const all = ended(outcomes)
  return all ? percent(shareOf(outcomes)[0].n / all) : '–'
}

const names = ({names}, redraw) => panel('names-panel', 'Names of events',
  table({
    caption: 'Names of events, with what is pending and how waits ended',
    rows: names, key: row => row.name, none: 'No event has been waited for yet.',
    sort, onsort: other => { sort = other; redraw() },
    columns: [
      {title: 'Name', by: row => row.name, cell: row => idOf(row.name)},
      {title: 'Pending', num: true, by: row => row.pending, cell: row => count(row.pending)},
      {title: 'Oldest', num: true, by: row => row.oldest_ms, cell: row => row.pending ? duration(row.oldest_ms) : '–'},
      {title: 'Streams', num: true, by: row => row.streams, cell: row => count(row.streams)},
      {title: 'Per second', num: true, by: row => row.per_second, cell: row => rate(row.per_second)},
      {title: 'Half within', num: true, by: row => row.result_ms?.p50, cell: row => duration(row.result_ms?.p50 || null)},
      {title: '99 % within', num: true, by: row => row.result_ms?.p99, cell: row => duration(row.result_ms?.p99 || null)},
      {title: 'Got the event', num: true, by: row => ended(row.outcomes), cell: row => success(row.outcomes)},
      {title: 'How they ended', cell: row => shares(shareOf(row.outcomes))}
    ]
  }))

function outcomes(history) {
  const recent = history.recent()
  const rows = Object.entries(history.last.causes).filter(([, n]) => n > 0)
    .map(([cause, n]) => ({cause, n, recent: recent[cause] ?? 0}))
    .sort((a, b) => b.recent - a.recent || b.n - a.n)
  const most = Math.max(1, ...rows.map(row => row.recent))
  return panel('outcomes', 'How waits ended',
    table({
      caption: 'How waits ended, by cause', rows, key: row => row.cause, none: 'No wait has ended yet.',
      columns: [
        {title: 'Cause', cell: row => [h('code', {class: `cause ${endOf(row.cause).id}`}, row.cause), ' ', says(row.cause)]},
        {title: `${MINUTES} min`, num: true, cell: row => count(row.recent)},
        {title: 'In all', num: true, cell: row => count(row.n)},
        {title: 'Share', cell: row => level(row.recent / most, `area ${endOf(row.cause).id}`)}
      ]
    }))
}

const SHOWN_JOBS = 5

const workers = ({workers}) => panel('workers', 'Workers',
  table({
    caption: 'Workers and what they have claimed', rows: workers, key: row => `${row.name} ${row.worker}`,
    none: 'No worker has shown itself.',
    columns: [
      {title: 'Worker', cell: row => idOf(row.worker)},
      {title: 'Name', cell: row => idOf(row.name)},
      {title: 'Seen', num: true, cell: row => row.last_seen_ms == null ? '–' : `${duration(row.last_seen_ms)} ago`},
      {title: 'Has claimed', cell: row => claims(row)}
    ]
  }))

function claims({name, claimed = []}) {
  if (!claimed.length) return 'nothing'
  const longest = [...claimed].sort((a, b) => b.for_ms - a.for_ms)
  return [
    h('ul', {class: 'jobs'}, longest.slice(0, SHOWN_JOBS).map(job =>
      h('li', {key: job.id}, h('a', {class: 'id', href: eventLink(name, job.id)}, job.id), ' for ', duration(job.for_ms)))),
    longest.length > SHOWN_JOBS && h('small', null, `and ${count(longest.length - SHOWN_JOBS)} more`)
  ]
}

const state = (good, yes, no) => h('span', {class: good ? 'good' : 'bad'}, good ? yes : no)

const servers = ({servers}) => panel('servers', 'Servers',
  table({
    caption: 'Servers', rows: servers, key: row => row.server, none: 'No server has answered.',
    columns: [
      {title: 'Server', cell: row => [idOf(row.server), h('small', null, ' ', row.host)]},
      {title: 'Redis', cell: row => state(row.redis === 'connected', 'connected', row.redis ?? 'away')},
      {title: 'State', cell: row => state(!row.draining, 'serving', 'ending')},
      {title: 'Up', num: true, cell: row => duration(row.up_ms)},
      {title: 'Pending', num: true, cell: row => count(row.pending)},
      {title: 'Heap', num: true, cell: row => bytes(row.heap_bytes)},
      {title: 'Loop late', num: true, cell: row => duration(row.loop_delay_ms)},
      {title: 'Version', cell: row => row.version || '–'}
    ]
  }))

const connections = ({servers}) => panel('connections', 'Connections to Redis',
  table({
    caption: 'Connections to Redis, by server',
    rows: servers.flatMap(({server, connections = []}) => connections.map(connection => ({server, ...connection}))),
    key: row => `${row.server} ${row.node} ${row.role}`, none: 'No server has a connection.',
    columns: [
      {title: 'Server', cell: row => idOf(row.server)},
      {title: 'Node', cell: row => idOf(row.node)},
      {title: 'Role', cell: row => row.role},
      {title: 'State', cell: row => state(row.connected, 'connected', 'down')},
      {title: 'Slots', num: true, cell: row => row.slots ? count(row.slots) : '–'}
    ]
  }))

function streams({servers, limits}) {
  const limit = limits.find(({setting}) => setting === 'limits.unread')?.limit
  return panel('streams', 'Streams and slow readers',
    table({
      caption: 'Streams, and what their readers have not taken, by server',
      rows: servers, key: row => row.server, none: 'No server has answered.',
      columns: [
        {title: 'Server', cell: row => idOf(row.server)},
        {title: 'Streams', num: true, cell: row => count(row.streams)},
        {title: 'Not yet read', num: true, cell: row => bytes(row.unread_bytes)},
        limit && {title: 'Of the limit', cell: row => use(row.unread_bytes / limit)}
      ].filter(Boolean)
    }))
}

const use = part => [
  h('span', {class: part >= 1 ? 'bad' : part >= NEAR ? 'warn' : null}, percent(part)),
  level(part, part >= NEAR ? 'area late' : 'area came')
]

const limits = ({limits}) => panel('limits', 'Limits',
  table({
    caption: 'Limits, and how much of them is in use', rows: [...limits].sort(byUse).slice(0, 20),
    key: row => `${row.setting} ${row.client ?? ''}`, none: 'Nothing that is limited is in use.',
    columns: [
      {title: 'Setting', cell: row => h('code', null, row.setting)},
      {title: 'Client', cell: row => row.client ? idOf(row.client) : 'all'},
      {title: 'Used', num: true, cell: row => /ytes|retained$|unread$|payload/.test(row.setting) ? bytes(row.used) : count(row.used)},
      {title: 'Limit', num: true, cell: row => /ytes|retained$|unread$|payload/.test(row.setting) ? bytes(row.limit) : count(row.limit)},
      {title: 'In use', cell: row => use(row.used / row.limit)}
    ]
  }))

function summary(found, {servers}) {
  if (!found.length) return `All is well on ${plural(servers.length, 'server')}.`
  return `${plural(found.length, 'thing')} to look at.`
}

/** What the page shows of the system. */
export function overview({system, history}, redraw) {
  if (!system) return h('p', {key: 'waiting', class: 'none'}, 'Asking the servers…')
  const found = troubles(system, history)
  const said = summary(found, system)
  announce(said)
  return [
    h('section', {key: 'state', class: `state ${found[0]?.level ?? 'good'}`, 'aria-label': 'State'},
      h('p', null, said),
      found.length > 0 && h('ul', null, found.slice(0, 10).map(({level, text}) =>
        h('li', {key: text.join(''), class: level}, text))),
      found.length > 10 && h('p', null, `and ${count(found.length - 10)} more`)),
    figures(system, history),
    charts(history, redraw),
    h('div', {key: 'wide'}, names(system, redraw)),
    h('div', {key: 'panels', class: 'panels'},
      outcomes(history), workers(system), limits(system), servers(system), streams(system), connections(system))
  ]
}
