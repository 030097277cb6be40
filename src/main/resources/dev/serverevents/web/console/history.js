// What the servers said in the last minutes. It is kept in this page alone.

import {ENDS, endOf} from './format.js'

export const MINUTES = 5
const WINDOW = MINUTES * 60_000
const MOST = 400

const sum = (items, value) => items.reduce((total, item) => total + (value(item) ?? 0), 0)

/** The mean of the names that have had results lately, by how much of each there is. */
function mean(names, quantile) {
  const known = names.filter(name => name.result_ms?.[quantile] > 0)
  const all = sum(known, name => name.per_second)
  if (!known.length) return null
  return all > 0
    ? sum(known, name => name.result_ms[quantile] * name.per_second) / all
    : Math.max(...known.map(name => name.result_ms[quantile]))
}

function counted(names) {
  const causes = {}
  for (const name of names)
    for (const [cause, n] of Object.entries(name.outcomes ?? {})) causes[cause] = (causes[cause] ?? 0) + n
  return causes
}

/** What was counted between two samples. A server that is gone took its counts along. */
function grown(now, before) {
  const grown = {}
  for (const [cause, n] of Object.entries(now)) {
    const more = n - (before[cause] ?? 0)
    if (more > 0) grown[cause] = more
  }
  return grown
}

export class History {
  samples = []

  add(overview) {
    const {names} = overview
    const at = overview.at ?? Date.now()
    const last = this.samples.at(-1)
    if (last && at <= last.at) return
    const causes = counted(names)
    const ended = last ? grown(causes, last.causes) : {}
    const seconds = last ? (at - last.at) / 1000 : 1
    const ends = Object.fromEntries(ENDS.map(end => [end.id, 0]))
    for (const [cause, n] of Object.entries(ended)) ends[endOf(cause).id] += n / seconds
    this.samples.push({
      at, causes, ended, ends,
      byName: Object.fromEntries(names.map(name => [name.name, name.outcomes ?? {}])),
      pending: sum(names, name => name.pending),
      oldest: Math.max(0, ...names.map(name => name.oldest_ms ?? 0)),
      rate: sum(names, name => name.per_second),
      p50: mean(names, 'p50'),
      p99: mean(names, 'p99')
    })
    while (this.samples.length > MOST || this.samples[0].at < at - WINDOW) this.samples.shift()
  }

  get last() {
    return this.samples.at(-1)
  }

  get from() {
    return (this.last?.at ?? 0) - WINDOW
  }

  get to() {
    return this.last?.at ?? 0
  }

  /** How often each cause ended a wait since the window began. */
  recent() {
    const total = {}
    for (const {ended} of this.samples)
      for (const [cause, n] of Object.entries(ended)) total[cause] = (total[cause] ?? 0) + n
    return total
  }

  /** The same for one name. */
  recentOf(name) {
    const first = this.samples.find(sample => sample.byName[name])
    return first ? grown(this.last.byName[name] ?? {}, first.byName[name]) : {}
  }
}
