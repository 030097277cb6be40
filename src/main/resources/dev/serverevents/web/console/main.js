// What is shown, and how often the servers are asked

import {announce, draw, h} from './dom.js'
import {event} from './event.js'
import {time} from './format.js'
import {History} from './history.js'
import {overview} from './overview.js'
import {ask, eventLink, explainPath, key, Problem, rightsPath} from './server.js'

const EVERY_MS = 2000
/** An event of which nobody waits any more changes seldom. */
const ENDED_EVERY_MS = 10_000
const SLOWEST_MS = 30_000

const $ = id => document.getElementById(id)
const find = $('find')
const dialog = $('key-dialog')

let askedForKey = false
const state = {system: null, history: new History(), problem: null, shown: {}, paused: false}

// Which view: #/, or #/event/NAME/ID

function route() {
  const [, view, name, id] = location.hash.split('/')
  try {
    if (view === 'event') return {view, name: id ? decodeURIComponent(name) : '', id: decodeURIComponent(id ?? '')}
  } catch { /* somebody has changed the address by hand */ }
  return {view: '', name: '', id: ''}
}

function navigate(first) {
  const to = route()
  state.shown = {...to, explained: null, problem: null, rights: null}
  document.querySelectorAll('header nav a').forEach(link =>
    link.hash === `#/${to.view}` ? link.setAttribute('aria-current', 'page') : link.removeAttribute('aria-current'))
  document.title = `${to.name ? `${to.name} / ${to.id}` : to.view ? 'Event' : 'Overview'} – Server Events`
  if (to.name) {
    find.elements.name.value = to.name
    find.elements.id.value = to.id
  }
  redraw()
  if (!first) {
    scrollTo(0, 0)
    if (to.view && !to.name) find.elements.name.focus()
    else $('main').focus({preventScroll: true})
  }
  askEvent.soon()
}

function redraw() {
  const {view, name} = state.shown
  const title = view ? 'Event' : 'Overview'
  draw($('main'),
    h('h1', {key: `title ${title}`, class: view && !name ? null : 'unseen'}, title),
    state.problem && !state.shown.problem && h('p', {key: 'problem', class: 'problem'}, state.problem.message,
      state.system && `. What you see is of ${time(state.system.at ?? Date.now())}.`),
    view ? event({...state.shown}, acted) : overview(state, redraw))
}

function acted(done) {
  redraw()
  if (done) askEvent.soon()
}

function live() {
  const element = $('live')
  element.className = `live ${state.paused ? 'paused' : state.problem ? 'bad' : 'good'}`
  draw(element, state.paused ? 'Paused' : state.problem ? 'Not live' : state.system ? 'Live' : 'Connecting')
}

// Asking again and again, one question at a time, and not while nobody looks

function repeat(question, everyMs) {
  let timer
  let asking = false
  let again = false
  let failures = 0
  async function run() {
    clearTimeout(timer)
    if (asking) {
      again = true
      return
    }
    if (document.hidden || state.paused) return
    asking = true
    again = false
    try {
      await question()
      failures = 0
    } catch (problem) {
      failures++
      failed(problem)
    }
    asking = false
    timer = setTimeout(run, again ? 0 : Math.min(SLOWEST_MS, everyMs() * 2 ** Math.min(failures, 4)))
    redraw()
    live()
  }
  return {soon: run}
}

function failed(problem) {
  if (!(problem instanceof Problem)) console.error(problem)
  if (problem.status !== 401 || askedForKey) return
  askedForKey = true
  askForKey(key.get() ? 'This key is not known here.' : 'This server asks for an API key.')
}

const askSystem = repeat(async () => {
  try {
    const system = await ask('api/overview')
    for (const list of ['servers', 'names', 'workers', 'limits']) system[list] ??= []
    state.history.add(system)
    state.system = system
    if (state.problem) announce('The server answers again.')
    state.problem = null
    draw($('names'), system.names.map(({name}) => h('option', {key: name, value: name})))
  } catch (problem) {
    if (!state.problem) announce(problem.message)
    state.problem = problem
    throw problem
  }
}, () => EVERY_MS)

const askEvent = repeat(async () => {
  const {shown} = state
  if (!shown.name) return
  try {
    shown.rights ??= await ask(rightsPath(shown.name))
    const explained = await ask(explainPath(shown.name, shown.id))
    explained.timeline ??= []
    shown.explained = explained
    shown.problem = null
  } catch (problem) {
    shown.problem = problem
    throw problem
  }
}, () => state.shown.explained && state.shown.explained.cause !== 'pending' ? ENDED_EVERY_MS : EVERY_MS)

function askAll() {
  askSystem.soon()
  askEvent.soon()
}

// The head of the page

function askForKey(why) {
  $('key-why').textContent = why
  if (!dialog.open) dialog.showModal()
}

$('key').onclick = () => askForKey(key.get() ? 'This tab has a key.' : 'This tab has no key.')
$('key-close').onclick = () => dialog.close()
$('key-forget').onclick = () => {
  key.forget()
  changedKey()
}
$('key-form').onsubmit = submitted => {
  submitted.preventDefault()
  key.set(submitted.target.elements.key.value.trim())
  changedKey()
}

/** What another key has shown is not for this one. */
function changedKey() {
  askedForKey = false
  dialog.close()
  $('key-form').reset()
  Object.assign(state, {system: null, history: new History(), problem: null})
  navigate()
  askSystem.soon()
}

$('pause').onclick = () => {
  state.paused = !state.paused
  $('pause').setAttribute('aria-pressed', state.paused)
  live()
  askAll()
}

find.onsubmit = submitted => {
  submitted.preventDefault()
  const {name, id} = find.elements
  const link = eventLink(name.value.trim(), id.value.trim())
  if (location.hash === link) askEvent.soon()
  else location.hash = link
}

addEventListener('hashchange', () => navigate())
document.addEventListener('visibilitychange', () => document.hidden || askAll())

navigate(true)
live()
askSystem.soon()
