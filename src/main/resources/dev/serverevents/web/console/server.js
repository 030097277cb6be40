// Asks the server, with the key that the reader has entered

const KEY = 'server-events.key'

export const key = {
  get: () => sessionStorage.getItem(KEY) ?? '',
  set: value => sessionStorage.setItem(KEY, value),
  forget: () => sessionStorage.removeItem(KEY)
}

/** An answer that is no success. The status is 0 where there was no answer. */
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail ?? body.title ?? `The server answered with the status ${status}`)
    this.status = status
    this.body = body
  }
}

/** Sends a request, and returns the JSON of the answer, or null if it has none. */
export async function ask(path, options = {}) {
  const headers = {Accept: 'application/json', ...options.headers}
  if (key.get()) headers.Authorization = `Bearer ${key.get()}`
  let response
  try {
    response = await fetch(path, {cache: 'no-store', ...options, headers})
  } catch (failure) {
    if (failure.name === 'AbortError') throw failure
    throw new Problem(0, {detail: 'The server cannot be reached'})
  }
  const text = await response.text()
  let body = null
  try {
    body = text ? JSON.parse(text) : null
  } catch {
    body = {detail: text.slice(0, 200)}
  }
  if (!response.ok) throw new Problem(response.status, body ?? {})
  return body
}

/** The path of an event's own route, from the console. */
export const eventPath = (name, id) => `../events/${encodeURIComponent(name)}/${encodeURIComponent(id)}`

/** What the console knows of an event. */
export const explainPath = (name, id) => `api/events/${encodeURIComponent(name)}/${encodeURIComponent(id)}`

/** What the reader may do with the events of a name. */
export const rightsPath = name => `api/rights/${encodeURIComponent(name)}`

/** Where the page shows an event. */
export const eventLink = (name, id) => `#/event/${encodeURIComponent(name)}/${encodeURIComponent(id)}`
