/** A wall with three merlons and a gate, for wherever a page of the API wants a picture. */
const wall = '<path fill="#7cc3a0" d="M4 28V7h5v4h4V7h6v4h4V7h5v21h-8v-5a4 4 0 0 0-8 0v5z"/>'

/** The mark alone, as a browser shows it on a tab. */
export const mark = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${wall}</svg>`

/** The mark with the name beside it, light enough for a dark bar. */
export const markWithName =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 128 32" width="128" height="32" role="img" aria-label="Posad">' +
  `${wall}<text x="38" y="26" fill="#fff" font-family="system-ui,sans-serif" font-size="25" font-weight="600">Posad</text></svg>`
