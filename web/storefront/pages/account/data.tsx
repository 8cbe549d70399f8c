import type { VNode } from 'preact'
import { bodyOf } from '../../api/client.ts'
import { browser } from '../../browser.ts'
import { Form, useForm } from '../../parts/form.tsx'
import { say } from '../../parts/messages.tsx'
import { useShop } from '../../shop.ts'
import { AccountFrame } from './account-frame.tsx'
import { DeleteAccount } from './delete-account.tsx'

export function DataPage(): VNode {
  const { texts } = useShop()
  return (
    <AccountFrame path="/account/data" title={() => texts.account.records.title}>
      {({ user }) => (
        <>
          <ExportAccount />
          <DeleteAccount user={user} />
        </>
      )}
    </AccountFrame>
  )
}

function ExportAccount(): VNode {
  const { texts } = useShop()
  const { records } = texts.account
  const form = useForm({
    send: async () => {
      const { api, host } = browser()
      const exported = await bodyOf(api.GET('/api/v1/auth/me/export'))
      host.saveFile('my-data.json', new Blob([JSON.stringify(exported, null, 2)], { type: 'application/json' }))
      say(records.downloaded)
    },
  })
  return (
    <section class="section sheet" aria-labelledby="export">
      <h2 id="export">{records.export}</h2>
      <Form form={form} label={records.download} button="button quiet">
        <p>{records.exportText}</p>
      </Form>
    </section>
  )
}
