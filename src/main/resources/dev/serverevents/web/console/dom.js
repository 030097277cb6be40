// Draws what is described, and changes no more of what is there than differs: so whatever is focused,
// selected or read out stays where it is while the figures around it change.

const SVG = 'http://www.w3.org/2000/svg'
const described = new WeakMap()

const flat = children => children.flat(Infinity).filter(child => child != null && child !== false)

/** Describes an element. Siblings that come and go have a `key`; functions are listeners. */
export const h = (tag, props, ...children) => ({tag, props: props ?? {}, children: flat(children)})

/** Makes the children of an element those that are described. */
export function draw(parent, ...children) {
  const focused = document.activeElement
  update(parent, flat(children))
  if (focused !== document.activeElement && focused?.isConnected) focused.focus({preventScroll: true})
}

function update(parent, wanted) {
  const there = new Map()
  for (const node of parent.childNodes) {
    const key = keyOf(node)
    if (key !== undefined) there.set(key, node)
  }
  const kept = new Set(wanted.map(want => want.props?.key))
  let at = parent.firstChild
  for (const want of wanted) {
    while (at && keyOf(at) !== undefined && !kept.has(keyOf(at))) at = removed(at)
    const key = want.props?.key
    let node = key === undefined ? at : there.get(key)
    if (!node || !fits(node, want)) node = made(want, parent)
    if (node === at) at = at.nextSibling
    else parent.insertBefore(node, at)
    change(node, want)
  }
  while (at) at = removed(at)
}

const keyOf = node => described.get(node)?.props.key

function removed(node) {
  const next = node.nextSibling
  node.remove()
  return next
}

const fits = (node, want) => want.tag
  ? node.localName === want.tag && keyOf(node) === want.props.key
  : node.nodeType === Node.TEXT_NODE

function made(want, parent) {
  if (!want.tag) return document.createTextNode('')
  const svg = want.tag === 'svg' || (parent.namespaceURI === SVG && parent.localName !== 'foreignObject')
  return svg ? document.createElementNS(SVG, want.tag) : document.createElement(want.tag)
}

function change(node, want) {
  if (!want.tag) {
    const text = String(want)
    if (node.data !== text) node.data = text
    return
  }
  const before = described.get(node)?.props ?? {}
  for (const name of new Set([...Object.keys(before), ...Object.keys(want.props)])) {
    const value = want.props[name]
    if (name === 'key' || before[name] === value) continue
    if (name.startsWith('on')) node[name] = value ?? null
    else if (value == null || value === false) node.removeAttribute(name)
    else node.setAttribute(name, value === true ? '' : value)
  }
  described.set(node, want)
  update(node, want.children)
}

let announced = ''

/** Says something to who listens to the page, once. */
export function announce(text) {
  if (text !== announced) document.getElementById('announce').textContent = announced = text
}
