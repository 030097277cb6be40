// Small charts of the last minutes, in SVG

import {h} from './dom.js'
import {MINUTES} from './history.js'

const WIDTH = 300
const HEIGHT = 60

/** Something round that is not less. */
function ceiling(max) {
  if (!(max > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(max))
  return [1, 2, 3, 5, 10].find(step => step * power >= max) * power
}

/**
 * A chart. Each series has `id`, `label` and `value(sample)`; `stacked` ones stand on one another.
 * `pointed` is the time at which the reader points, or null, and `point` is told of it.
 */
export function chart({title, history, series, show, stacked, pointed, point}) {
  const {samples, from, to} = history
  const tops = samples.map(sample => {
    let below = 0
    return series.map(({value}) => stacked ? (below += value(sample) ?? 0) : value(sample))
  })
  const max = ceiling(Math.max(0, ...tops.flat().map(top => top ?? 0)))
  const x = at => ((at - from) / (to - from) * WIDTH).toFixed(1)
  const y = value => (HEIGHT - value / max * HEIGHT).toFixed(1)
  const nearest = pointed == null ? samples.at(-1)
    : samples.reduce((a, b) => Math.abs(b.at - pointed) < Math.abs(a.at - pointed) ? b : a, samples[0])
  const line = tops_ => tops_.map(([at, top], i) => `${i ? 'L' : 'M'}${x(at)} ${y(top)}`).join('')
  const drawn = series.map(({id}, i) => {
    const points = samples.map((sample, at) => [sample.at, tops[at][i]]).filter(([, top]) => top != null)
    if (!points.length) return null
    if (!stacked) return h('path', {class: `line ${id}`, d: line(points)})
    const under = samples.map((sample, at) => [sample.at, i ? tops[at][i - 1] : 0]).reverse()
    return h('path', {class: `area ${id}`, d: line(points) + line(under).replace('M', 'L') + 'Z'})
  })
  const move = event => {
    const {left, width} = event.currentTarget.getBoundingClientRect()
    point(from + (event.clientX - left) / width * (to - from))
  }
  const said = series.map(({label, value}) => {
    const known = samples.map(value).filter(v => v != null)
    return known.length ? `${label}: now ${show(known.at(-1))}, at most ${show(Math.max(...known))}` : `${label}: none`
  })
  return h('figure', {class: 'chart'},
    h('figcaption', null, title),
    h('ul', {class: 'legend', 'aria-hidden': 'true'}, series.map(({id, label, value}) =>
      h('li', null,
        h('svg', {class: 'swatch', viewBox: '0 0 14 8'},
          stacked ? h('rect', {class: `area ${id}`, width: 14, height: 8}) : h('path', {class: `line ${id}`, d: 'M0 4H14'})),
        label, ' ', h('b', null, nearest ? show(value(nearest)) : show(null))))),
    h('div', {class: 'plot'},
      h('svg', {
        viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img',
        'aria-label': `${title} in the last ${MINUTES} minutes. ${said.join('. ')}`,
        onpointermove: move, onpointerleave: () => point(null)
      },
        h('path', {class: 'grid', d: `M0 .5H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}M0 ${HEIGHT - .5}H${WIDTH}`}),
        drawn,
        pointed != null && nearest && h('path', {class: 'pointed', d: `M${x(nearest.at)} 0V${HEIGHT}`})),
      h('span', {class: 'max', 'aria-hidden': 'true'}, show(max)),
      h('span', {class: 'min', 'aria-hidden': 'true'}, show(0))),
    h('p', {class: 'axis', 'aria-hidden': 'true'},
      h('span', null, `${MINUTES} min ago`),
      h('span', null, pointed != null && nearest ? new Date(nearest.at).toLocaleTimeString('en-GB') : ''),
      h('span', null, 'now')))
}

/** Shares of a whole, as one bar. */
export function shares(parts) {
  const whole = parts.reduce((total, {n}) => total + n, 0)
  let at = 0
  return h('svg', {class: 'shares', viewBox: '0 0 100 8', preserveAspectRatio: 'none', 'aria-hidden': 'true'},
    h('rect', {class: 'none-yet', width: 100, height: 8}),
    whole > 0 && parts.filter(({n}) => n > 0).map(({id, n}) => {
      const width = n / whole * 100
      at += width
      return h('rect', {class: `area ${id}`, x: (at - width).toFixed(2), width: width.toFixed(2), height: 8})
    }))
}

/** How much of something is used. */
export const level = (part, class_) =>
  h('svg', {class: 'shares', viewBox: '0 0 100 8', preserveAspectRatio: 'none', 'aria-hidden': 'true'},
    h('rect', {class: 'none-yet', width: 100, height: 8}),
    h('rect', {class: class_, width: Math.min(100, part * 100).toFixed(2), height: 8}))
