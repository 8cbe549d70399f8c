import type { VNode } from 'preact'
import { useShop } from '../../shop.ts'

/** The account while its session is read. */
export function AccountSkeleton(): VNode {
  const { texts } = useShop()
  return (
    // Its own elements: those of the content would count as moved.
    <div key="skeleton" class="wrap skeleton" role="status" aria-label={texts.ui.loading}>
      <div class="page-title">
        <span class="bar tall short" />
      </div>
      <span class="bar" />
    </div>
  )
}
