import type { VNode } from 'preact'
import { bodyOf } from '../../api/client.ts'
import { browser } from '../../browser.ts'
import { attempt } from '../../parts/attempt.ts'
import { Icon } from '../../parts/icon.tsx'
import { say } from '../../parts/messages.tsx'
import { useResource } from '../../parts/resource.ts'
import { useShop } from '../../shop.ts'

/** The devices on which the reader is signed in, and the ways out. */
export function Sessions(): VNode {
  const { formats, texts } = useShop()
  const { resource, reload } = useResource(() => bodyOf(browser().api.GET('/api/v1/auth/sessions')), 'sessions')
  const { access } = texts.account
  const end = (id: string) =>
    attempt(texts, async () => {
      await bodyOf(browser().api.DELETE('/api/v1/auth/sessions/{id}', { params: { path: { id } } }))
      say(access.sessionEnded)
      reload()
    })
  const signOutAll = () => attempt(texts, () => browser().session.signOut({ everywhere: true }))
  return (
    <section class="section sheet" aria-labelledby="sessions">
      <h2 id="sessions">{access.sessions}</h2>
      <ul>
        {resource.kind === 'ready' &&
          resource.content.items.map(({ id, device, is_current, used_at }) => (
            <li class="session" key={id}>
              <p>
                {deviceOf(device)}
                <br />
                <span class="hint">{is_current ? access.currentSession : access.lastUsed(formats.time(used_at))}</span>
              </p>
              {!is_current && (
                <button type="button" class="tool" aria-label={access.endSession} onClick={() => void end(id)}>
                  <Icon name="close" />
                </button>
              )}
            </li>
          ))}
      </ul>
      <div class="row-actions">
        <button type="button" class="link" onClick={() => void signOutAll()}>
          {access.signOutAll}
        </button>
      </div>
    </section>
  )
}

/** The browser and the system of a User-Agent, as far as it names them. */
function deviceOf(agent: string): string {
  const browserName = /(Firefox|Edg|OPR|YaBrowser|Chrome|Safari)\//.exec(agent)?.[1]
  const system = /(Windows|Android|iPhone|iPad|Macintosh|Linux)/.exec(agent)?.[1]
  return browserName
    ? [browserName.replace('Edg', 'Edge').replace('OPR', 'Opera'), system].filter(Boolean).join(', ')
    : agent.slice(0, 60)
}
