import { minutes } from '#platform/values'

/** Milliseconds in which a person answers in the bot. */
export const deeplinkLifetime = minutes(5)

/** The start parameter of the bot: at most 64 characters, as Telegram demands. */
const startOf = (token: string): string => `li_${token}`

/** The link that opens the bot, and the line to send to it: some clients drop the parameter of a bot that was started before. */
export const linkOf = (bot_username: string, token: string): Readonly<{ link: string; command: string }> => ({
  link: `https://t.me/${bot_username}?start=${startOf(token)}`,
  command: `/start ${startOf(token)}`,
})

/** `draw(n)`: a random integer from 0 to n - 1. */
type Draw = (below: number) => number

/** A number of two digits for the browser, and three different ones for the bot, in random order. */
export function drawNumbers(draw: Draw): Readonly<{ number: number; choices: readonly number[] }> {
  const left = Array.from({ length: 90 }, (_, i) => i + 10)
  const choices = Array.from({ length: 3 }, () => left.splice(draw(left.length), 1)[0] ?? 10)
  return { number: choices[draw(choices.length)] ?? 10, choices }
}
