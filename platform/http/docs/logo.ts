/** A wall with three merlons and a gate. */
const wall = '<path fill="#7cc3a0" d="M4 28V7h5v4h4V7h6v4h4V7h5v21h-8v-5a4 4 0 0 0-8 0v5z"/>'

/** The logo without the name, for browser tabs. */
export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${wall}</svg>`

/** The logo beside the name, in colours for a dark bar, for use inside HTML. */
export const logo =
  '<svg viewBox="0 0 128 32" width="128" height="32" role="img" aria-label="Posad">' +
  `${wall}<text x="38" y="26" fill="#fff" font-family="system-ui,sans-serif" font-size="25" font-weight="600">Posad</text></svg>`
