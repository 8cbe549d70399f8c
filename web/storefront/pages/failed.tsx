import type { VNode } from 'preact'
import type { Failure } from '../api/failure.ts'
import { useShop } from '../shop.ts'

type Props = Readonly<{ failure: Failure; again: () => void }>

/** A page that could not be loaded: the reason, a second try, and the id of the request for the shop. */
export function FailedPage({ failure, again }: Props): VNode {
  const { href, texts } = useShop()
  const isOffline = failure.code === 'offline'
  return (
    <div class="wrap notice">
      <h1>{isOffline ? texts.failed.offlineTitle : texts.failed.title}</h1>
      <p>{isOffline ? texts.failed.offlineHint : texts.failed.hint}</p>
      <div class="row-actions">
        <button type="button" class="button scripted" onClick={again}>
          {texts.failed.again}
        </button>
        {isOffline && (
          <a class="button quiet" href={href('/cart')}>
            {texts.nav.cart}
          </a>
        )}
      </div>
      {failure.requestId !== undefined && (
        <p class="hint">
          {texts.failed.request} <code>{failure.requestId}</code>
        </p>
      )}
    </div>
  )
}
