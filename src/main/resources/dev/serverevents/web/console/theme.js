// The colours that the reader has chosen, before the page is drawn for the first time
'use strict'
{
  const root = document.documentElement
  const show = theme => {
    if (theme === 'light' || theme === 'dark') root.dataset.theme = theme
    else delete root.dataset.theme
  }
  // Where a browser keeps nothing, the choice lasts as long as the page
  const stored = action => { try { return action() } catch { return null } }
  const chosen = stored(() => localStorage.getItem('server-events.theme')) ?? ''
  show(chosen)
  addEventListener('DOMContentLoaded', () => {
    const select = document.getElementById('theme')
    select.value = root.dataset.theme ?? ''
    select.onchange = () => {
      show(select.value)
      stored(() => localStorage.setItem('server-events.theme', select.value))
    }
  })
}
