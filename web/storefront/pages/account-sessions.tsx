import type { VNode } from 'preact'
import { bodyOf } from '../api/client.ts'
import { browser } from '../browser.ts'
import { Icon } from '../parts/icon.tsx'
import { say } from '../parts/messages.tsx'
import { useResource } from '../parts/resource.ts'
import { useShop } from '../shop.ts'

/** The devices on which the reader is signed in, and the ways out. */
export function Sessions(): VNode {
  const { formats, texts } = useShop()
  const { resource, reload } = useResource(() => bodyOf(browser().api.GET('/api/v1/auth/sessions')), 'sessions')
  const end = async (id: string) => {
    await browser().api.DELETE('/api/v1/auth/sessions/{id}', { params: { path: { id } } })
    say(texts.account.sessionEnded)
    reload()
  }
  return (
    <section class="section" aria-labelledby="sessions">
      <h2 id="sessions">{texts.account.sessions}</h2>
      <ul>
        {resource.kind === 'ready' &&
          resource.content.items.map(({ id, device, is_current, used_at }) => (
            <li class="session" key={id}>
              <p>
                {deviceOf(device)}
                <br />
                <span class="hint">
                  {is_current ? texts.account.current : texts.account.lastUsed(formats.time(used_at))}
                </span>
              </p>
              {!is_current && (
                <button type="button" class="tool" aria-label={texts.account.endSession} onClick={() => void end(id)}>
                  <Icon name="close" />
                </button>
              )}
            </li>
          ))}
      </ul>
      <div class="row-actions">
        <button type="button" class="link" onClick={() => void browser().session.signOut()}>
          {texts.account.signOut}
        </button>
        <button type="button" class="link" onClick={() => void browser().session.signOut({ everywhere: true })}>
          {texts.account.signOutAll}
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
