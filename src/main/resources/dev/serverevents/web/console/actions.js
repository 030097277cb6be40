// What the reader can do about an event: wait, emit, fail, cancel

import {announce, h} from './dom.js'
import {plural} from './format.js'
import {ask, eventPath, explainPath} from './server.js'

const WAIT_MS = 30_000

/** What came of each action, until another event is shown. */
let results = {}
let shown = ''
let waiting = null

/** Text that is no JSON is sent as it is, so that the server says what is wrong with it. */
const send = (method, body) => ({method, body, headers: {'Content-Type': 'application/json'}})

function failed(problem) {
  const {cause} = problem.body ?? {}
  return {bad: true, text: cause ? `${problem.message} (${cause})` : problem.message}
}

const ACTIONS = [
  {
    id: 'wait', right: 'wait', title: 'Wait for it', button: 'Wait',
    about: 'Waits here, beside those who wait already.',
    fields: () => [
      h('label', null, 'For at most (ms) ', h('input', {name: 'timeout', type: 'number', min: 1, value: WAIT_MS})),
      h('label', {class: 'check'}, h('input', {name: 'retained', type: 'checkbox'}), ' or take one that is kept')
    ],
    async run({name, id, form, rights}) {
      waiting = new AbortController()
      const query = new URLSearchParams({timeout: form.timeout.value, retained: form.retained.checked})
      try {
        const args = await ask(`${eventPath(name, id)}?${query}`, {signal: waiting.signal})
        return {
          text: `The event came, with ${plural(args.length, 'argument')}.`,
          args: rights.payloads ? args : undefined
        }
      } catch (problem) {
        if (problem.name === 'AbortError') return {text: 'The wait was given up.'}
        throw problem
      } finally {
        waiting = null
      }
    }
  },
  {
    id: 'emit', right: 'emit', title: 'Emit it', button: 'Emit',
    about: 'Sends the event to all who wait for it.',
    fields: () => [
      h('label', null, 'Arguments, a JSON array ',
        h('textarea', {name: 'args', rows: 3, spellcheck: 'false'}, '[]')),
      retain()
    ],
    async run({name, id, form}) {
      const {receivers} = await ask(eventPath(name, id) + query(form), send('POST', form.args.value))
      return {text: heard(receivers)}
    }
  },
  {
    id: 'fail', right: 'emit', title: 'Fail it', button: 'Emit the failure',
    about: 'Ends all waits for it with a failure, as a worker does whose job failed.',
    fields: () => [
      h('label', null, 'Code ', h('input', {name: 'code', type: 'number', value: 500, required: true})),
      h('label', null, 'Message ', h('input', {name: 'message', required: true, maxlength: 1000})),
      retain()
    ],
    async run({name, id, form}) {
      const failure = {code: form.code.valueAsNumber, message: form.message.value, detail: null}
      const {receivers} = await ask(
        `${eventPath(name, id)}/failure${query(form)}`, send('PUT', JSON.stringify(failure)))
      return {text: heard(receivers)}
    }
  },
  {
    id: 'cancel', right: 'cancel', title: 'Cancel its waits', button: 'Cancel all waits for it', danger: true,
    about: 'Ends every wait for it on every server. Who waits is told that it was cancelled.',
    fields: () => [],
    async run({name, id}) {
      const answer = await ask(`${explainPath(name, id)}/cancel`, {method: 'POST'})
      const n = answer?.cancelled
      return {text: n == null ? 'Its waits are cancelled.' : `${plural(n, 'wait')} cancelled.`}
    }
  }
]

const retain = () =>
  h('label', null, 'Keep it for (ms) ', h('input', {name: 'retain', type: 'number', min: 1, placeholder: 'not kept'}))

const query = form => form.retain.value ? `?${new URLSearchParams({retain: form.retain.value})}` : ''

const heard = receivers => receivers >= 0
  ? `It is emitted; ${plural(receivers, 'receiver')} heard it.`
  : 'It is emitted.'

/** The actions, without those that the reader's key may not do. */
export function actions({name, id, rights, again}) {
  if (shown !== `${name} ${id}`) {
    shown = `${name} ${id}`
    results = {}
    waiting?.abort()
  }
  const may = ACTIONS.filter(({right}) => rights[right])
  if (!may.length) return h('p', {class: 'none'}, 'Your key may do nothing with this event.')
  return may.map(action => {
    const {id: what, title, about, button, danger, fields, run} = action
    const submit = async submitted => {
      submitted.preventDefault()
      const form = submitted.currentTarget
      const of = shown
      results[what] = {busy: true, text: what === 'wait' ? 'Waiting…' : 'Sending…'}
      again()
      let result
      try {
        result = await run({name, id, form, rights})
      } catch (problem) {
        result = failed(problem)
      }
      if (of !== shown) return
      results[what] = result
      announce(result.text)
      again(true)
    }
    const result = results[what]
    return h('details', {key: what, name: 'action'},
      h('summary', null, title),
      h('form', {onsubmit: submit, autocomplete: 'off'},
        h('p', {class: 'note'}, about),
        fields(),
        h('p', {class: 'buttons'},
          h('button', {class: danger ? 'danger' : 'main', disabled: !!result?.busy}, button),
          what === 'wait' && result?.busy && h('button', {type: 'button', onclick: () => waiting?.abort()}, 'Stop waiting')),
        result && h('p', {class: result.bad ? 'outcome bad' : 'outcome'}, result.text),
        result?.args !== undefined && h('pre', null, JSON.stringify(result.args, null, 1))))
  })
}
