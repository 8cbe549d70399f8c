import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Schemas } from '../api/client.ts'
import { browser } from '../browser.ts'
import { useShop } from '../shop.ts'
import { Icon } from './icon.tsx'
import { say } from './messages.tsx'

type Profile = Schemas['BrewProfile']

/** Ways to brew a tea, each with a timer for its infusions. */
export function BrewProfiles({ profiles }: Readonly<{ profiles: readonly Profile[] }>): VNode | null {
  const { texts } = useShop()
  if (profiles.length === 0) return null
  return (
    <section class="brew" aria-labelledby="brew">
      <h2 id="brew">{texts.product.brew}</h2>
      <div class="brew-cards">
        {profiles.map((profile) => (
          <Brew key={profile.id} profile={profile} />
        ))}
      </div>
    </section>
  )
}

function Brew({ profile }: Readonly<{ profile: Profile }>): VNode {
  const { formats, texts } = useShop()
  const { method, vessel, leaf_grams, water_ml, temperature_c, steep_seconds, note } = profile
  const { methods, leaf, water, grams, millilitres } = texts.product
  return (
    <article class="brew-card">
      <h3>{methods[method] ?? vessel}</h3>
      <p class="hint">{vessel}</p>
      <ul class="brew-measures">
        <li>
          <b>
            {formats.number(leaf_grams)} {grams}
          </b>{' '}
          {leaf}
        </li>
        <li>
          <b>
            {formats.number(water_ml)} {millilitres}
          </b>{' '}
          {water}
        </li>
        <li>
          <b>{temperature_c} °C</b>
        </li>
      </ul>
      <Timer seconds={steep_seconds} />
      {note !== '' && <p class="hint">{note}</p>}
    </article>
  )
}

type Running = Readonly<{ infusion: number; endsAt: number; left: number }>

/** Counts down one infusion. A press on another infusion begins that one. */
function Timer({ seconds }: Readonly<{ seconds: readonly number[] }>): VNode {
  const { formats, texts } = useShop()
  const [running, setRunning] = useState<Running>()
  const isRunning = running !== undefined
  useEffect(() => {
    if (!running) return undefined
    const timer = setTimeout(() => {
      const left = Math.ceil((running.endsAt - Date.now()) / 1000)
      if (left > 0) return setRunning({ ...running, left })
      setRunning(undefined)
      browser().host.haptic('success')
      say(texts.product.ready)
    }, 250)
    return () => clearTimeout(timer)
  }, [running, texts])
  const start = (infusion: number) => {
    const length = seconds[infusion] ?? 0
    setRunning({ infusion, endsAt: Date.now() + length * 1000, left: length })
  }
  return (
    <div class="timer">
      <ol class="infusions">
        {seconds.map((length, at) => (
          // oxlint-disable-next-line no-array-index-key -- infusions have no other identity
          <li key={at}>
            <button
              type="button"
              aria-pressed={running?.infusion === at}
              aria-label={`${texts.product.infusion(at + 1)}: ${formats.duration(length)}`}
              onClick={() => start(at)}
            >
              {formats.duration(running?.infusion === at ? running.left : length)}
            </button>
          </li>
        ))}
      </ol>
      <button
        type="button"
        class="button quiet scripted"
        onClick={() => (isRunning ? setRunning(undefined) : start(0))}
      >
        <Icon name="clock" /> {isRunning ? texts.product.stop : texts.product.start}
      </button>
    </div>
  )
}
