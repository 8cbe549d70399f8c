import type { Account } from '#identity'

/** Finds the accounts of buyers, by their ids. */
export type FindBuyers = (user_ids: readonly string[]) => Promise<ReadonlyMap<string, Account>>

/** Each buyer is asked for once, however many orders are hers. */
export const findBuyers =
  (accountsOf: (user_ids: readonly string[]) => Promise<readonly Account[]>): FindBuyers =>
  async (user_ids) => {
    const accounts = await accountsOf([...new Set(user_ids)])
    return new Map(accounts.map((account) => [account.user_id, account]))
  }
