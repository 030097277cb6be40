// Tables that are read as tables, and on a narrow page as cards

import {h} from './dom.js'
import {shortId} from './format.js'

/**
 * A table. A column has `title` and `cell(row)`, and maybe `num` for figures, `by(row)` to be sorted
 * by, and `wide` to be left out of narrow pages. The first column names the row. `sort` is
 * `{column, down}`, and `onsort` is told of another one. The roles are said again, since a browser
 * forgets them where the page shows cards.
 */
export function table({caption, columns, rows, key, none, sort, onsort}) {
  if (!rows.length) return h('p', {class: 'none'}, none)
  const by = sort && columns.find(column => column.title === sort.column)?.by
  const sorted = by ? [...rows].sort((a, b) => compare(by(a), by(b)) * (sort.down ? -1 : 1)) : rows
  return h('table', {role: 'table'},
    h('caption', {class: 'unseen'}, caption),
    h('thead', {role: 'rowgroup'}, h('tr', {role: 'row'}, columns.map(column => head(column, sort, onsort)))),
    h('tbody', {role: 'rowgroup'}, sorted.map(row =>
      h('tr', {role: 'row', key: key(row)}, columns.map((column, i) =>
        i ? h('td', {role: 'cell', class: column.num ? 'num' : null, 'data-label': column.title}, column.cell(row))
          : h('th', {role: 'rowheader', scope: 'row'}, column.cell(row)))))))
}

const compare = (a, b) => typeof a === 'string' ? a.localeCompare(b) : (a ?? -1) - (b ?? -1)

function head({title, num, by}, sort, onsort) {
  const sorted = sort?.column === title
  return h('th', {
    role: 'columnheader', scope: 'col', class: num ? 'num' : null,
    'aria-sort': sorted ? (sort.down ? 'descending' : 'ascending') : null
  }, by && onsort
    ? h('button', {type: 'button', class: 'sort', onclick: () => onsort({column: title, down: sorted ? !sort.down : !!num})}, title)
    : title)
}

/** An id, of which all is told to who points at it. */
export const idOf = id => h('span', {class: 'id', title: shortId(id) === id ? null : id}, shortId(id))

/** A part of the page with a heading of its own. */
export const panel = (id, title, ...content) =>
  h('section', {key: id, class: 'panel', id, 'aria-labelledby': `${id}-title`}, h('h2', {id: `${id}-title`}, title), content)
