import type { VNode } from 'preact'
import type { Failure } from '../api/failure.ts'
import { useShop } from '../shop.ts'

type Props = Readonly<{ failure: Failure; again: () => void }>

/** A page that could not be loaded: the reason, a second try, and the id of the request for the shop. */
export function FailedPage({ failure, again }: Props): VNode {
  const { texts } = useShop()
  const isOffline = failure.code === 'offline'
  return (
    <div class="wrap notice">
      <h1>{isOffline ? texts.failed.offlineTitle : texts.failed.title}</h1>
      <p>{isOffline ? texts.failed.offlineHint : texts.failed.hint}</p>
      <button type="button" class="button" onClick={again}>
        {texts.failed.again}
      </button>
      {failure.requestId !== undefined && (
        <p class="hint">
          {texts.failed.request} <code>{failure.requestId}</code>
        </p>
      )}
    </div>
  )
}
