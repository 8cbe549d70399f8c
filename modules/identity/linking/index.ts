import type { Routes } from '#platform/http'
import type { Auth } from '../auth/open-auth.ts'
import type { SigningKeys } from '../auth/signing-keys.ts'
import type { BeginDeeplink } from '../telegram/auth/deeplink-logins.ts'
import type { TelegramData } from '../telegram/auth/telegram-data.ts'
import { openLinkCodes } from './auth/link-codes.ts'
import { openLinkIdentity } from './auth/link-identity.ts'
import { beginDeeplinkLink, linkDeeplink } from './link-deeplink/link-deeplink.ts'
import { linkDeeplinkRoutes } from './link-deeplink/route.ts'
import { linkEmail } from './link-email/link-email.ts'
import { linkEmailRoute } from './link-email/route.ts'
import { linkTelegram } from './link-telegram/link-telegram.ts'
import { linkTelegramRoutes } from './link-telegram/route.ts'
import { listMerges } from './list-merges/query.ts'
import { listMergesRoute } from './list-merges/route.ts'
import { mergeAccounts } from './merge-accounts/merge-accounts.ts'
import { mergeAccountsRoute } from './merge-accounts/route.ts'
import { requestEmailLink } from './request-email-link/request-email-link.ts'
import { requestEmailLinkRoute } from './request-email-link/route.ts'
import { revertMerge } from './revert-merge/revert-merge.ts'
import { revertMergeRoutes } from './revert-merge/route.ts'

type Needs = Auth & Readonly<{ keys: SigningKeys; telegram: TelegramData; beginDeeplink: BeginDeeplink }>

/** Further ways to sign in to an account, and the merge of two accounts of one person. */
export function linking({ keys, ...auth }: Needs): Readonly<{ routes: readonly Routes[] }> {
  const needs = { ...auth, linkCodes: openLinkCodes(keys), linkIdentity: openLinkIdentity(auth) }
  return {
    routes: [
      linkDeeplinkRoutes({ beginDeeplinkLink: beginDeeplinkLink(needs), linkDeeplink: linkDeeplink(needs) }),
      requestEmailLinkRoute({ requestEmailLink: requestEmailLink(needs) }),
      linkEmailRoute({ linkEmail: linkEmail(needs) }),
      linkTelegramRoutes({ linkTelegram: linkTelegram(needs) }),
      mergeAccountsRoute({ mergeAccounts: mergeAccounts(needs) }),
      revertMergeRoutes({ revertMerge: revertMerge(needs) }),
      listMergesRoute({ listMerges: listMerges(needs) }),
    ],
  }
}
