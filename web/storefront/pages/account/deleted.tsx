import type { VNode } from 'preact'
import { Notice } from '../../parts/notice.tsx'
import { useShop } from '../../shop.ts'

/** The page after the deletion of an account. */
export function DeletedPage(): VNode {
  const { href, texts } = useShop()
  const { account } = texts
  return (
    <Notice title={account.records.gone}>
      <p>{account.records.goneText}</p>
      <a class="button" href={href('/')}>
        {account.verify.toShop}
      </a>
    </Notice>
  )
}
